"""Few labels: the choice of labels to keep, the hiding of all others, and batches with a fixed labelled part."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from vaeflow.components.artifacts import Examples
from vaeflow.components.training import data as data_module
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.data import training_data, validation_batches
from vaeflow.components.training.data_config import DataConfig
from vaeflow.components.training.labelled import shuffle_and_repeat
from vaeflow.components.training.labels import choose, classes_in_training, kept_labels
from vaeflow.components.training.training_set import TrainingSplit
from vaeflow.models.errors import InputError

NAMES = ("a", "b", "c")
CLASSES = dict(enumerate(NAMES))
COUNT, KEPT = 90, 6

WithLabels = Callable[[np.ndarray], Examples]


@pytest.fixture(params=["memory", "shards"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "shards":
        monkeypatch.setattr(data_module, "MEBIBYTE", 100)  # a budget of a hundred bytes for images of four
    return request.param


@pytest.fixture
def labels() -> np.ndarray:
    return np.random.default_rng(1).integers(0, len(NAMES), COUNT)


@pytest.fixture
def with_labels(write_examples: Callable[..., Examples], digits: Any, tmp_path: Path) -> WithLabels:
    """`with_labels(labels)` → ninety different images with these labels; the first pixel is the image's number."""
    images = np.random.default_rng(0).integers(0, 256, (COUNT, 2, 2, 1), dtype=np.uint8)
    images[:, 0, 0, 0] = range(COUNT)

    def write(labels: np.ndarray) -> Examples:
        written = digits._replace(images=images, labels=labels)
        splits = dict.fromkeys(("train", "validation", "test"), written)
        return write_examples(tmp_path / f"{len(list(tmp_path.iterdir()))}", splits, NAMES)

    return write


def settings(labels: int | None = KEPT, per_batch: int | None = None, **data: int) -> TrainConfig:
    chosen = DataConfig(labels=labels, labelled_per_batch=per_batch, **data)
    return TrainConfig(data=chosen, batch_size=20, memory_budget=1)


def epochs(config: TrainConfig, examples: Examples, numbers: list[int], replicas: int = 1) -> tuple[np.ndarray, ...]:
    """Images, by their first pixel, and their labels, both [epochs, batches, batch]."""
    data = training_data(config, examples, replicas)
    shown = []
    for number in numbers:
        data.epoch.assign(number)
        parts = list(data.batches.as_numpy_iterator())
        assert sum(len(images) for images, _ in parts) == data.steps_per_epoch
        shown.append([np.concatenate(column) for column in zip(*parts, strict=True)])
    images, labels = (np.stack(column) for column in zip(*shown, strict=True))
    return images[..., 0, 0, 0], labels


def altered(labels: np.ndarray, kept: np.ndarray, seed: int = 0) -> np.ndarray:
    """The labels, changed where they are hidden and come after the last chosen one: earlier ones might be chosen."""
    order = np.random.default_rng(seed).permutation(len(labels))
    last = max(place for place, image in enumerate(order) if kept[image] >= 0)
    others = labels.copy()
    others[order[last + 1 :]] = (labels[order[last + 1 :]] + 1) % len(NAMES)
    return others


@pytest.mark.parametrize("seed", range(5))
def test_as_many_labels_of_each_class_are_chosen_and_fewer_are_among_more(labels: np.ndarray, seed: int):
    few, more = choose(labels, CLASSES, 6, seed), choose(labels, CLASSES, 30, seed)
    assert len(set(few)) == 6
    assert len(set(more)) == 30
    np.testing.assert_array_equal(np.bincount(labels[few]), [2, 2, 2])
    np.testing.assert_array_equal(np.bincount(labels[more]), [10, 10, 10])
    assert set(few) <= set(more)


def test_the_choice_is_one_of_the_seed_and_never_an_unknown_label(labels: np.ndarray):
    np.testing.assert_array_equal(choose(labels, CLASSES, 6, 3), choose(labels, CLASSES, 6, 3))
    assert len({tuple(choose(labels, CLASSES, 6, seed)) for seed in range(5)}) == 5
    labels[::2] = -1
    assert (choose(labels, CLASSES, 30, 0) % 2 == 1).all()


def test_the_rest_is_hidden_from_batches_the_training_set_and_validation(
    labels: np.ndarray, with_labels: WithLabels, source: str
):
    examples = with_labels(labels)
    kept = choose(labels, CLASSES, KEPT, 0)
    images, shown = epochs(settings(), examples, [0, 1, 2])
    assert (shown >= 0).any()
    np.testing.assert_array_equal(shown, np.where(np.isin(images, kept), labels[images], -1))
    data = TrainingSplit(examples, 0, kept_labels(settings().data, examples))
    known = data.labelled()
    np.testing.assert_array_equal(known.images[:, 0, 0, 0], kept)
    np.testing.assert_array_equal(known.labels, labels[kept])
    np.testing.assert_array_equal(np.flatnonzero(data.take(COUNT).labels >= 0), kept)
    validation = list(validation_batches(examples, 2048, labels=False).as_numpy_iterator())
    assert all((classes == -1).all() for _, classes in validation)


def test_labels_that_the_source_lacks_stay_unknown(labels: np.ndarray, with_labels: WithLabels, source: str):
    labels[::3] = -1
    examples = with_labels(labels)
    images, shown = epochs(settings(labels=None), examples, [0])
    np.testing.assert_array_equal(shown, labels[images])
    known = TrainingSplit(examples, 0).labelled()
    np.testing.assert_array_equal(known.images[:, 0, 0, 0], np.flatnonzero(labels >= 0))
    np.testing.assert_array_equal(known.labels, labels[labels >= 0])
    images, shown = epochs(settings(labels=None, per_batch=10), examples, [0])
    batches = shown.reshape(-1, 20)
    assert (batches[:, :10] >= 0).all()  # the place of the labelled part in each batch


def test_without_a_number_all_labels_are_known(labels: np.ndarray, with_labels: WithLabels, source: str):
    examples = with_labels(labels)
    images, shown = epochs(settings(labels=None), examples, [0])
    np.testing.assert_array_equal(shown, labels[images])
    assert kept_labels(DataConfig(), examples) is None
    assert len(TrainingSplit(examples, 0).labelled().labels) == COUNT
    _, validation = zip(*validation_batches(examples, 2048).as_numpy_iterator(), strict=True)
    np.testing.assert_array_equal(np.concatenate(validation), labels)


@pytest.mark.parametrize("per_batch", [pytest.param(None, marks=pytest.mark.full), 4])
def test_changing_hidden_labels_changes_nothing_that_training_sees(
    labels: np.ndarray, with_labels: WithLabels, source: str, per_batch: int | None
):
    first = with_labels(labels)
    hidden = kept_labels(settings().data, first)
    second = with_labels(altered(labels, hidden))
    np.testing.assert_array_equal(kept_labels(settings().data, second), hidden)
    shown = [epochs(settings(per_batch=per_batch), examples, [0, 1]) for examples in (first, second)]
    for one, other in zip(*shown, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("kept", "per_batch", "replicas"),
    [(30, 4, 2), *(pytest.param(*case, marks=pytest.mark.full) for case in ((6, 4, 1), (6, 8, 1), (None, 4, 1)))],
)
def test_each_batch_begins_with_labelled_images_drawn_in_turn(
    labels: np.ndarray, with_labels: WithLabels, source: str, kept: int | None, per_batch: int, replicas: int
):
    config = settings(labels=kept, per_batch=per_batch)
    images, shown = epochs(config, with_labels(labels), [0, 1, 2], replicas)
    assert training_data(config, with_labels(labels), replicas).labelled == per_batch // replicas
    assert images.shape == (3, COUNT // (20 - per_batch), 20)
    parts = images.reshape(-1, replicas, 20 // replicas), shown.reshape(-1, replicas, 20 // replicas)
    drawn, classes = (part[..., : per_batch // replicas].ravel() for part in parts)
    np.testing.assert_array_equal(classes, labels[drawn])
    assert (parts[1][..., per_batch // replicas :] == -1).all()
    known = choose(labels, CLASSES, kept, 0) if kept else np.arange(COUNT)
    whole = len(drawn) // len(known)
    for number in range(whole):
        assert sorted(drawn[number * len(known) : (number + 1) * len(known)]) == sorted(known)
    if whole > 1:
        assert not np.array_equal(drawn[: len(known)], drawn[len(known) : 2 * len(known)])
    others = parts[0][..., per_batch // replicas :].reshape(3, -1)
    assert all(len(set(epoch)) == len(epoch) for epoch in others)
    again = epochs(config, with_labels(labels), [2], replicas)
    np.testing.assert_array_equal(again[0][0], images[2])


@pytest.mark.parametrize("start", [0, 1, 6, 7, 20])
def test_passes_resume_at_any_index(start: int):
    whole = shuffle_and_repeat(0, 60, 7, seed=3).numpy()
    np.testing.assert_array_equal(shuffle_and_repeat(start, 20, 7, seed=3), whole[start : start + 20])
    assert not np.array_equal(shuffle_and_repeat(0, 60, 7, seed=4), whole)


def test_what_cannot_be_kept_is_refused_in_one_line(
    labels: np.ndarray, with_labels: WithLabels, write_examples: Callable[..., Examples], digits: Any, tmp_path: Path
):
    with pytest.raises(
        InputError,
        match=r"data\.labels: expected a multiple of 3, the number of classes in training, got 100; set .* 99 or 102",
    ):
        choose(labels, CLASSES, 100, 0)
    labels[labels == 1] = 0
    with pytest.raises(InputError, match="expected 2 training images of each class for 6 labels, got 0 of 'b'"):
        kept_labels(settings().data, with_labels(labels))
    unlabelled = write_examples(tmp_path / "unlabelled", dict.fromkeys(("train", "test"), digits._replace(labels=None)))
    with pytest.raises(InputError, match=r"train\.data\.labels: expected images with labels to keep 6 of them"):
        training_data(settings(), unlabelled)
    with pytest.raises(InputError, match=r"labelled_per_batch: expected labelled images, to put 4 in each batch"):
        training_data(settings(labels=None, per_batch=4), unlabelled)
    with pytest.raises(InputError, match=r"labelled_per_batch: expected a multiple of 4, the number of devices, got 6"):
        training_data(settings(per_batch=6), with_labels(np.arange(COUNT) % 3), replicas=4)
    with pytest.raises(ValidationError, match=r"labelled_per_batch must be below batch_size, 20, got 20"):
        settings(per_batch=20)
    with pytest.raises(ValidationError, match=r"model.summed_classes needs data.labelled_per_batch"):
        TrainConfig(model={"name": "m2", "summed_classes": 1})


def test_only_normal_classes_have_labels_to_keep(
    labels: np.ndarray, write_examples: Callable[..., Examples], digits: Any, tmp_path: Path
):
    images = np.zeros((COUNT, 2, 2, 1), np.uint8)
    normal, anomalous = labels != 1, labels == 1
    splits = dict.fromkeys(("train", "test"), digits._replace(images=images[normal], labels=labels[normal]))
    splits["anomalies"] = digits._replace(images=images[anomalous], labels=labels[anomalous])
    examples = write_examples(tmp_path / "normal", splits, NAMES)
    assert classes_in_training(examples) == {0: "a", 2: "c"}
    kept = kept_labels(DataConfig(labels=8), examples)
    np.testing.assert_array_equal(np.bincount(kept[kept >= 0]), [4, 0, 4])
    np.testing.assert_array_equal(kept[kept >= 0], labels[normal][kept >= 0])
    with pytest.raises(InputError, match=r"expected a multiple of 2, the number of classes in training, got 9"):
        kept_labels(DataConfig(labels=9), examples)
