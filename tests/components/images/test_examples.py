import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.config import Transform
from vaeflow.components.images.examples import (
    label_names,
    load_labels,
    load_split,
    num_examples,
    stream_batches,
    stream_from,
    stream_identities,
    stream_indexed,
)
from vaeflow.components.images.serialising import LabelledImage, serialise
from vaeflow.components.images.tfrecord import write_records
from vaeflow.models.config import Observation

SHARDS = (3, 4, 2)


@pytest.fixture
def examples(tmp_path):
    """Nine images of 1×2 pixels in three files; the first pixel is the image's number."""
    numbers = iter(range(sum(SHARDS)))
    for shard, length in enumerate(SHARDS):
        contents = [LabelledImage(f"ü{n}", n % 3 - 1, bytes([n, 255])) for n in (next(numbers) for _ in range(length))]
        write_records(tmp_path / f"toy-train.tfrecord-{shard:05d}-of-00003", map(serialise, contents))
    lengths = ", ".join(f'"{length}"' for length in SHARDS)
    splits = (
        f'{{"splits": [{{"name": "train", "shardLengths": [{lengths}]}}, {{"name": "test", "shardLengths": ["5"]}}]}}'
    )
    (tmp_path / "dataset_info.json").write_text(splits)
    (tmp_path / "label.labels.txt").write_text("a cat\nö\n")
    transform = Transform(image_shape=(1, 2, 1), colour="grey", resize="area", fit="crop", observation=Observation())
    (tmp_path / "transform.json").write_text(transform.model_dump_json())
    return Examples(tmp_path)


def test_a_split_is_loaded_in_file_order(examples):
    images, labels, ids = load_split(examples, "train")
    np.testing.assert_array_equal(images.reshape(9, 2), [[number, 255] for number in range(9)])
    np.testing.assert_array_equal(labels, [-1, 0, 1] * 3)
    assert ids == [f"ü{number}" for number in range(9)]
    assert images.flags.writeable
    np.testing.assert_array_equal(load_labels(examples, "train"), labels)


def test_without_names_of_labels_there_are_none(examples):
    assert label_names(examples) == ("a cat", "ö")
    (examples.path / "label.labels.txt").unlink()
    assert label_names(examples) is None
    assert load_labels(examples, "train") is None
    assert load_split(examples, "train").labels is None


def test_images_are_counted_by_split_without_reading_them(examples):
    assert (num_examples(examples, "train"), num_examples(examples, "test")) == (9, 5)


def test_ids_and_labels_are_streamed_without_the_images(examples):
    ids, labels = zip(*stream_identities(examples, "train").as_numpy_iterator(), strict=True)
    assert [identifier.decode() for identifier in ids] == [f"ü{number}" for number in range(9)]
    assert list(labels) == [-1, 0, 1] * 3


@pytest.mark.parametrize("start", range(10))
def test_a_stream_from_a_place_gives_the_rest(examples, start):
    images = [int(image[0, 0, 0]) for image, _ in stream_from(examples, "train", start).as_numpy_iterator()]
    assert images == list(range(start, 9))


def test_a_stream_from_a_place_does_not_read_the_shards_before_it(examples):
    (examples.path / "toy-train.tfrecord-00000-of-00003").write_bytes(b"broken")
    assert len(list(stream_from(examples, "train", 3))) == 6


def test_a_stream_gives_the_same_images_in_the_same_order(examples):
    indices, images, labels = zip(*stream_indexed(examples, "train").as_numpy_iterator(), strict=True)
    whole = load_split(examples, "train")
    np.testing.assert_array_equal(indices, np.arange(9))
    np.testing.assert_array_equal(images, whole.images)
    np.testing.assert_array_equal(labels, whole.labels)


def test_a_split_is_loaded_in_part(examples):
    whole, part = load_split(examples, "train"), load_split(examples, "train", 5)
    np.testing.assert_array_equal(part.images, whole.images[:5])
    np.testing.assert_array_equal(part.labels, whole.labels[:5])
    assert part.ids == whole.ids[:5]


def test_no_deleted_iterator_waits_for_a_tuning_thread(examples):
    seed = tf.constant([0, 0])
    streams = (
        stream_identities(examples, "train"),
        stream_indexed(examples, "train"),
        stream_batches(examples, "train", shard_seed=seed),
        stream_from(examples, "train", 3),
    )
    assert [stream.options().autotune.enabled for stream in streams] == [False] * 4


def numbers(examples, seed):
    """The first pixels of the images in batches whose shards are shuffled by a seed."""
    batches = stream_batches(examples, "train", tf.constant([seed, 0])).as_numpy_iterator()
    return [int(number) for _, images, _ in batches for number in images[:, 0, 0, 0]]


def test_a_seed_orders_the_shards_of_a_stream(examples):
    orders = {tuple(numbers(examples, seed)) for seed in range(8)}
    assert all(sorted(order) == list(range(9)) for order in orders)
    assert len(orders) > 1
    assert numbers(examples, 3) == numbers(examples, 3)


def test_numbers_stay_with_their_images_in_any_order_of_the_shards(examples):
    for seed in (None, tf.constant([3, 0]), tf.constant([4, 0])):
        batches = stream_batches(examples, "train", seed).as_numpy_iterator()
        indices, images, labels = map(np.concatenate, zip(*batches, strict=True))
        assert sorted(indices) == list(range(9))
        np.testing.assert_array_equal(images[:, 0, 0, 0], indices)
        np.testing.assert_array_equal(labels, indices % 3 - 1)
