from collections import Counter

import numpy as np
import pytest
import tensorflow_datasets as tfds
from pydantic import ValidationError
from sklearn.datasets import load_digits

from vaeflow.components.images.examples import (
    load_split,
    num_examples,
    read_statistics,
    read_transform,
)
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.config import Observation
from vaeflow.models.errors import InputError
from vaeflow.models.observation import observe

SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """`make(dataset, **fields)` → examples."""

    def run(dataset, **fields):
        return preprocess(PreprocessConfig(**fields), dataset, output=tmp_path_factory.mktemp("examples"))

    return run


@pytest.fixture(scope="module")
def dataset_of(tmp_path_factory):
    """`dataset_of(images, **more arrays)` → a dataset."""

    def run(**arrays):
        source = tmp_path_factory.mktemp("source") / "source.npz"
        np.savez(source, **arrays)
        return ingest(IngestConfig(source=f"npz:{source}"), output=tmp_path_factory.mktemp("dataset"))

    return run


@pytest.fixture(scope="module")
def leaky_dataset(dataset_of):
    """200 images, of which 30 are also in the source's test split."""
    images = np.random.default_rng(0).integers(0, 256, (200, 2, 2), dtype=np.uint8)
    return dataset_of(x_train=images, x_test=images[:30])


@pytest.fixture(scope="module")
def leaky(leaky_dataset, make):
    return make(leaky_dataset, image_size=2)


@pytest.fixture(scope="module")
def static_examples(digits_dataset, make):
    return make(digits_dataset, image_size=8, binarise="static")


def test_every_image_of_the_source_is_in_one_split_with_its_pixels_and_label(grey_examples):
    source = load_digits()
    seen = Counter()
    for split in SPLITS:
        images, labels, ids = load_split(grey_examples, split)
        assert len(images) == len(ids) == num_examples(grey_examples, split) == grey_examples.properties[split]
        seen.update(ids)
        places = [int(identifier.removeprefix("digits/")) for identifier in ids]
        np.testing.assert_array_equal(images[..., 0], np.rint(source.images[places] * 255 / 16))
        np.testing.assert_array_equal(labels, source.target[places])
    assert len(seen) == 1797
    assert set(seen.values()) == {1}
    assert grey_examples.properties["source"] == "digits"
    assert grey_examples.properties["image_shape"] == "8×8×1"
    assert grey_examples.properties["test_fraction"] == 0.1


def test_the_order_within_a_split_is_mixed(grey_examples):
    ids = load_split(grey_examples, "train").ids
    assert ids != sorted(ids)


def test_the_examples_are_a_tfds_directory(digits_dataset, make):
    examples = make(digits_dataset, image_size=[8, 10], colour="rgb", fit="pad")
    builder = tfds.builder_from_directory(examples.path)
    split = load_split(examples, "test")
    for example, image, identifier in zip(
        tfds.as_numpy(builder.as_dataset(split="test")), split.images, split.ids, strict=True
    ):
        assert example["image"].shape == (8, 10, 3)
        assert example["id"].decode() == identifier
        np.testing.assert_array_equal(example["image"], image)
    assert builder.info.features["label"].num_classes == 10


def test_statistics_are_those_of_the_stored_pixels(grey_examples):
    for split, statistics in read_statistics(grey_examples).items():
        images, labels, _ = load_split(grey_examples, split)
        pixels = images / 255
        assert statistics.count == len(images)
        np.testing.assert_allclose(statistics.mean, pixels.mean((0, 1, 2)))
        np.testing.assert_allclose(statistics.stddev, pixels.std((0, 1, 2)))
        np.testing.assert_allclose(statistics.mean_image, pixels.mean(0))
        assert statistics.labels == {str(digit): (labels == digit).sum() for digit in range(10)}
        assert not statistics.binary


@pytest.mark.parametrize(
    ("binarise", "examples"), [("none", "grey_examples"), ("static", "static_examples"), ("dynamic", "digits_examples")]
)
def test_the_transform_is_recorded_and_static_noise_is_already_in_the_pixels(
    grey_examples, binarise, examples, request
):
    examples = request.getfixturevalue(examples)
    observation = Observation(binarise=binarise)
    transform = read_transform(examples)
    assert transform.observation == observation
    assert transform.image_shape == (8, 8, 1)
    images = load_split(examples, "test").images
    plain = load_split(grey_examples, "test").images
    expected = observe(plain, observation).numpy() * 255 if binarise == "static" else plain
    np.testing.assert_array_equal(images, expected)
    assert read_statistics(examples)["test"].binary == (binarise == "static")


@pytest.mark.full
def test_splits_are_stable_when_images_are_added(dataset_of, make):
    images = np.random.default_rng(0).integers(0, 256, (400, 2, 2), dtype=np.uint8)
    ids = np.array([f"picture-{number}" for number in range(400)])
    before, after = (make(dataset_of(images=images[:n], ids=ids[:n]), image_size=2) for n in (200, 400))
    for split in SPLITS:
        assert set(load_split(before, split).ids) == set(load_split(after, split).ids) & set(ids[:200])


def test_splits_of_the_source_are_kept(leaky):
    assert num_examples(leaky, "test") == 30
    assert num_examples(leaky, "train") + num_examples(leaky, "validation") == 200
    assert all(identifier.startswith("x_test/") for identifier in load_split(leaky, "test").ids)


def test_a_source_without_labels_gives_examples_without_labels(dataset_of, make):
    examples = make(dataset_of(images=np.random.default_rng(0).random((90, 3, 3))), image_size=3)
    assert load_split(examples, "train").labels is None
    assert read_statistics(examples)["train"].labels is None


def test_a_source_too_small_for_its_splits_is_refused_with_the_counts(dataset_of, make):
    with pytest.raises(InputError, match=r"expected images in every split, got train \d, validation \d"):
        make(dataset_of(images=np.arange(8).reshape(2, 2, 2) / 7), image_size=2)


def test_the_same_dataset_gives_the_same_bytes(digits_dataset, static_examples, make):
    again = make(digits_dataset, image_size=8, binarise="static")
    first, second = (
        {file.name: file.read_bytes() for file in examples.path.iterdir()} for examples in (static_examples, again)
    )
    assert first == second


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"validation_fraction": 0.6, "test_fraction": 0.4}, "must be below 1"),
        ({"image_size": 0}, "greater than or equal to 1"),
        ({"image_size": [8, 8, 8]}, "at most 2"),
        ({"colour": "cmyk"}, "'grey' or 'rgb'"),
    ],
)
def test_a_wrong_configuration_is_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        PreprocessConfig(**fields)


@pytest.mark.parametrize("channels", [1, pytest.param(3, marks=pytest.mark.full)])
def test_copies_share_a_split(dataset_of, make, channels):
    images = np.random.default_rng(0).integers(0, 256, (200, 2, 2, 1), dtype=np.uint8)
    again = np.repeat(np.concatenate([images, images]), channels, axis=3)
    examples = make(dataset_of(images=again), image_size=2)
    found = {identifier: split for split in SPLITS for identifier in load_split(examples, split).ids}
    assert all(found[f"images/{n:06d}"] == found[f"images/{n + 200:06d}"] for n in range(200))
    assert examples.properties["copies_across_splits"] == 0


def test_copies_across_the_splits_of_the_source_are_counted_and_dropped_on_request(leaky, leaky_dataset, make):
    assert leaky.properties["copies_across_splits"] == 60
    assert leaky.properties["test_fraction"] == 0
    assert leaky.properties["groups_across_splits"] == 0
    dropped = make(leaky_dataset, image_size=2, duplicates="drop")
    assert sum(num_examples(dropped, split) for split in ("train", "validation")) == 170


def test_partly_labelled_images_stay_so(dataset_of, make):
    images = np.random.default_rng(0).integers(0, 256, (90, 2, 2), dtype=np.uint8)
    labels = np.array(["", "cat", "dog"] * 30)
    examples = make(dataset_of(images=images, labels=labels), image_size=2)
    for split in SPLITS:
        _, known, ids = load_split(examples, split)
        assert known.tolist() == [int(identifier.removeprefix("images/")) % 3 - 1 for identifier in ids]
    assert set(read_statistics(examples)["train"].labels) == {"cat", "dog"}
