import apache_beam as beam
import numpy as np
import tensorflow_datasets as tfds

from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.directory import describe
from vaeflow.components.images.serialising import LabelledImage, serialise
from vaeflow.components.images.shards import Entry, write_shards

FEATURES = {
    "id": tfds.features.Text(),
    "image": tfds.features.Tensor(shape=(1, 2, 1), dtype=np.uint8, encoding="bytes"),
}


def entries(count, split="train"):
    names = [f"image-{number}" for number in range(count)]
    return [Entry(split, name, serialise(LabelledImage(name, None, bytes([i, 0])))) for i, name in enumerate(names)]


def write(directory, items, shards=3):
    with beam_pipeline() as pipeline:
        write_shards(pipeline | beam.Create([items]), directory, shards)
    return describe(directory, "toy", FEATURES)


def test_tfds_reads_every_image_of_every_split(tmp_path):
    assert write(tmp_path, entries(50) + entries(7, "test")) == {"test": 7, "train": 50}
    builder = tfds.builder_from_directory(tmp_path)
    train = list(tfds.as_numpy(builder.as_dataset(split="train")))
    assert sorted(example["id"].decode() for example in train) == sorted(entry.id for entry in entries(50))
    assert {int(example["image"][0, 0, 0]) for example in train} == set(range(50))
    assert builder.info.splits["test"].num_examples == 7


def test_a_shard_that_no_image_fell_into_does_not_exist(tmp_path):
    assert write(tmp_path, entries(2), shards=40) == {"train": 2}
    files = sorted(path.name for path in tmp_path.glob("*.tfrecord*"))
    assert files == ["toy-train.tfrecord-00000-of-00002", "toy-train.tfrecord-00001-of-00002"]
    assert len(list(tfds.builder_from_directory(tmp_path).as_dataset(split="train"))) == 2


def test_what_an_interrupted_run_left_behind_is_not_mixed_in(tmp_path):
    (tmp_path / "toy-train.tfrecord-00000-of-00009").write_bytes(b"left behind")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "train-00000").write_bytes(b"left behind")
    assert write(tmp_path, entries(5), shards=1) == {"train": 5}
    assert not (tmp_path / "parts").exists()
    assert [path.name for path in tmp_path.glob("*.tfrecord*")] == ["toy-train.tfrecord-00000-of-00001"]


def test_no_file_names_the_folder_it_was_written_in(tmp_path):
    write(tmp_path, entries(5))
    assert not any(str(tmp_path).encode() in path.read_bytes() for path in tmp_path.iterdir())
