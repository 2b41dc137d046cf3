import numpy as np
import pytest

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import load_split
from vaeflow.components.training import data as data_module
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.data import TrainingData, training_data, validation_batches


@pytest.fixture(params=["memory", "shards"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "shards":
        # The budget is in MiB and these digits are less than one: count in units of 32 KiB.
        monkeypatch.setattr(data_module, "MEBIBYTE", 2**15)
    return request.param


def opened(examples: Examples, seed: int = 0) -> TrainingData:
    return training_data(TrainConfig(batch_size=50, seed=seed, memory_budget=1), examples)


def epoch(data: TrainingData, number: int) -> np.ndarray:
    data.epoch.assign(number)
    return np.concatenate([images for images, _ in data.batches.as_numpy_iterator()])


def as_set(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


def test_an_epoch_shows_every_image_once_but_for_the_last_incomplete_batch(digits_examples: Examples, source: str):
    images = load_split(digits_examples, "train").images
    batches = epoch(opened(digits_examples), 0)
    assert batches.shape == (len(images) // 50, 50, 8, 8, 1)
    shown = batches.reshape(-1, 8, 8, 1)
    assert len(as_set(shown)) >= len(as_set(images)) - 50
    assert as_set(shown) <= as_set(images)


def test_the_order_is_a_function_of_seed_and_epoch_alone(digits_examples: Examples, source: str):
    first, again = opened(digits_examples), opened(digits_examples)
    whole = [epoch(first, number) for number in range(3)]
    np.testing.assert_array_equal(epoch(again, 2), whole[2])
    np.testing.assert_array_equal(epoch(first, 0), whole[0])
    assert not np.array_equal(whole[0], whole[1])
    assert not np.array_equal(epoch(opened(digits_examples, seed=1), 0), whole[0])


def test_no_deleted_iterator_waits_for_a_tuning_thread(digits_examples: Examples, source: str):
    batches = opened(digits_examples).batches, validation_batches(digits_examples, 1)
    assert [some.options().autotune.enabled for some in batches] == [False, False]


def test_images_are_mixed(digits_examples: Examples, source: str):
    images = load_split(digits_examples, "train").images
    place = {image.tobytes(): index for index, image in enumerate(images)}
    shown = epoch(opened(digits_examples), 0).reshape(-1, 8, 8, 1)
    places = [place[image.tobytes()] for image in shown]
    assert np.mean(np.abs(np.diff(places))) > 20


def test_the_leftovers_of_an_epoch_differ_from_epoch_to_epoch(digits_examples: Examples):
    data = opened(digits_examples)
    images = as_set(load_split(digits_examples, "train").images)
    left = [images - as_set(epoch(data, number).reshape(-1, 8, 8, 1)) for number in range(2)]
    assert left[0] != left[1]


@pytest.mark.parametrize(("xla", "axes"), [(True, 5), (False, 4)], ids=["with XLA", "without XLA"])
def test_programs_without_xla_run_one_step_with_convolutions(digits_examples: Examples, xla: bool, axes: int):
    model = {"name": "vae", "network": {"name": "convolutional", "filters": [4]}}
    config = TrainConfig.model_validate({"model": model, "xla": xla})
    images, _ = next(training_data(config, digits_examples).batches.as_numpy_iterator())
    assert images.ndim == axes
