"""Going on from a finished training with fewer epochs: the result is that of the longer training in one go."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.going_on import has_begun, obstacle, take_over
from vaeflow.models.building import load

MODELS = {
    "vae": {},
    "vae_gan": {},
    "dfc_vae": {"features": "classifier", "classifier_epochs": 2},
    "vade": {"clusters": 3, "pretrain_epochs": 1},
}
OBJECTIVES = {"vae": {"warm_up": {"epochs": 2}}}
FIRST = (("vae", 1), ("vade", 0), ("vae_gan", 1), ("dfc_vae", 0), ("dfc_vae", 1), ("vade", 2))
"""Models, some with several optimizers or a phase before the main one, and the epochs of the first training."""

EPOCHS = 3


def config(name: str, **fields: object) -> TrainConfig:
    model = {"name": name, "latent_dim": 3, "network": {"hidden": [12, 8]}} | MODELS[name]
    settings = {
        "model": model,
        "objective": OBJECTIVES.get(name, {}),
        "epochs": EPOCHS,
        "batch_size": 400,
        "xla": False,
    }
    return TrainConfig.model_validate({**settings, **fields})


@pytest.fixture(scope="module")
def whole(digits_examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Model]:
    """`whole(name)` → that model from a training in one go."""
    return cache(lambda name: train(config(name), digits_examples, output=tmp_path_factory.mktemp("whole")))


def gone_on(shorter: TrainConfig, longer: TrainConfig, examples: Examples, folder: Path) -> Model:
    """The longer training, after the shorter one."""
    first, second = folder / "first", folder / "second"
    first.mkdir()
    second.mkdir()
    finished = train(shorter, examples, output=first)
    assert not has_begun(second)
    take_over(finished, second)
    assert has_begun(second)
    return train(longer, examples, output=second)


def assert_same(one: Model, other: Model) -> None:
    for a, b in zip(_weights(one), _weights(other), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.properties == other.properties
    assert (one.path / "history.json").read_text() == (other.path / "history.json").read_text()
    states = [_last_state(model.path) for model in (one, other)]
    assert states[0].keys() == states[1].keys()
    for name, value in states[0].items():
        np.testing.assert_array_equal(value, states[1][name], err_msg=name)


def _weights(model: Model) -> list[np.ndarray]:
    return load(model.path / "model.keras").get_weights()


def _last_state(folder: Path) -> dict[str, np.ndarray]:
    """All variables of the last checkpoint: weights, optimizers, and what the objective has learned."""
    last = max((folder / "checkpoints").iterdir())
    reader = tf.train.load_checkpoint(str(last / "state"))
    numbers = (name for name in reader.get_variable_to_shape_map() if name != "_CHECKPOINTABLE_OBJECT_GRAPH")
    return {f"{last.name}/{name}": reader.get_tensor(name) for name in numbers}


@pytest.mark.full
@pytest.mark.parametrize(("name", "epochs"), FIRST)
def test_it_ends_as_the_longer_training_in_one_go(
    name: str, epochs: int, whole: Callable[[str], Model], digits_examples: Examples, tmp_path: Path
):
    """Weights, optimizers, history and the choice of the best epoch, with a warm-up that is longer than the first part.

    Zero epochs leave only those of earlier phases.
    """
    shorter = config(name, epochs=epochs)
    assert_same(gone_on(shorter, config(name), digits_examples, tmp_path), whole(name))


@pytest.mark.full
def test_one_that_stopped_early_has_stopped_for_good(digits_examples: Examples, tmp_path: Path):
    """With the largest learning rate, no epoch is better than the first."""
    fields = {"learning_rate": 10.0, "patience": 1, "objective": {}}
    (tmp_path / "whole").mkdir()
    in_one_go = train(config("vae", epochs=9, **fields), digits_examples, output=tmp_path / "whole")
    shorter, longer = (config("vae", epochs=epochs, **fields) for epochs in (5, 9))
    model = gone_on(shorter, longer, digits_examples, tmp_path)
    assert len(list((model.path / "checkpoints").iterdir())) == 2
    assert_same(model, in_one_go)


def test_a_copy_that_was_interrupted_is_made_again(trained: Model, output: Path):
    (output / "checkpoints.tmp" / "epoch-00009").mkdir(parents=True)
    (output / "logs").mkdir()
    assert not has_begun(output)
    take_over(trained, output)
    names = [sorted(path.name for path in (folder / "checkpoints").iterdir()) for folder in (output, trained.path)]
    assert names[0] == names[1]
    assert not (output / "checkpoints.tmp").exists()


def test_only_a_learning_rate_that_depends_on_all_epochs_is_in_the_way():
    assert obstacle(config("vae")) == ""
    assert "train.schedule: cosine" in obstacle(config("vae", schedule="cosine"))
