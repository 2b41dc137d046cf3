"""Models of labelled images alone: nothing of any other training image reaches them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.components.conftest import Images
from vaeflow.components.artifacts import Examples
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.data import training_data
from vaeflow.components.training.data_config import DataConfig
from vaeflow.components.training.fit import Training
from vaeflow.components.training.labels import choose
from vaeflow.components.training.strategies import open_strategy
from vaeflow.models.building import load
from vaeflow.models.config import Observation

SHAPE, NAMES = (4, 4, 1), ("a", "b")
LABELS = np.arange(60) % 2
KEPT = choose(LABELS, dict(enumerate(NAMES)), 6, 0)
NETWORK = {"network": {"name": "dense", "hidden": [6], "normalisation": "batch"}}
MODELS = {
    "classifier": {"model": {"name": "classifier", **NETWORK}, "objective": {"name": "cross_entropy"}},
    "cvae": {"model": {"name": "cvae", "latent_dim": 2, "hidden": [6], **NETWORK}},
}


def config(name: str) -> TrainConfig:
    rest = {"data": {"labels": 6}, "epochs": 1, "batch_size": 20, "xla": False}
    return TrainConfig.model_validate({**MODELS[name], **rest})


@pytest.fixture(scope="module")
def write(write_examples: Callable[..., Examples], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Examples]:
    """`write(seed, changed)` → examples whose changed training images are others for each seed."""
    rng = np.random.default_rng(0)
    images, test = (rng.integers(0, 256, (n, *SHAPE), np.uint8) for n in (60, 20))

    def written(seed: int, changed: np.ndarray) -> Examples:
        other = np.random.default_rng(seed).integers(0, 256, images.shape, np.uint8)
        mixed = np.where(changed[:, None, None, None], other, images)
        splits = {"train": Images(mixed, LABELS), "test": Images(test, LABELS[:20])}
        folder = tmp_path_factory.mktemp("examples") / "examples"
        return write_examples(folder, splits, NAMES, Observation(binarise="dynamic"))

    return written


def weights(config: TrainConfig, examples: Examples, folder: Path) -> list[np.ndarray]:
    folder.mkdir()
    return load(train(config, examples, output=folder).path / "model.keras").get_weights()


@pytest.mark.full
@pytest.mark.parametrize("name", ["classifier", "cvae"])
def test_other_images_change_nothing(name: str, write: Callable[..., Examples], tmp_path: Path):
    others = ~np.isin(np.arange(60), KEPT)
    one = weights(config(name), write(1, others), tmp_path / "one")
    other = weights(config(name), write(2, others), tmp_path / "other")
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_batch_is_full_of_labelled_images_in_as_many_steps_as_all_images_take(write: Callable[..., Examples]):
    data = training_data(config("classifier"), write(0, np.zeros(60, bool)))
    images, labels = (np.concatenate(parts) for parts in zip(*data.batches.as_numpy_iterator(), strict=True))
    assert labels.shape == (data.steps_per_epoch, 20) == (3, 20)
    _, counts = np.unique(images.reshape(60, -1), axis=0, return_counts=True)
    assert counts.tolist() == [10] * 6
    assert labels.mean() == 0.5


@pytest.mark.parametrize(("labels", "comparable"), [(6, False), (None, True)])
def test_labels_of_validation_images_choose_no_epoch_if_labels_are_few(
    labels: int | None, comparable: bool, write: Callable[..., Examples], tmp_path: Path
):
    """A conditional model has a bound on validation images only with their labels."""
    few = config("cvae").model_copy(update={"data": DataConfig(labels=labels)})
    training = Training(few, write(0, np.zeros(60, bool)), open_strategy("none"), tmp_path)
    assert training.history.comparable == comparable
