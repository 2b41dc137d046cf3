import pytest
import tensorflow as tf

from vaeflow.components.images.batching import Limits
from vaeflow.components.images.tfrecord import read_batches, write_records
from vaeflow.models.errors import RunError

ALL = Limits(items=100, size=10**6)


def test_what_is_written_is_what_tensorflow_reads(tmp_path):
    records = [b"", b"a", bytes(range(256)) * 300]
    write_records(tmp_path / "file", records)
    with tf.io.TFRecordWriter(str(tmp_path / "reference")) as writer:
        for record in records:
            writer.write(record)
    assert (tmp_path / "file").read_bytes() == (tmp_path / "reference").read_bytes()
    assert [record for batch in read_batches(tmp_path / "file", ALL) for record in batch] == records


def test_nothing_is_left_beside_a_file_however_often_it_is_written(tmp_path):
    for _ in range(2):
        write_records(tmp_path / "file", [b"record"])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_batch_is_limited_in_records_and_in_bytes(tmp_path):
    write_records(tmp_path / "file", [b"abc"] * 5 + [b"a" * 50] * 2)
    batches = read_batches(tmp_path / "file", Limits(items=3, size=40))
    assert [len(batch) for batch in batches] == [3, 3, 1]


@pytest.mark.parametrize(("start", "end"), [(21, 22), (5, 22), (14, 15), (3, 4)])
def test_a_damaged_file_is_named(tmp_path, start, end):
    write_records(tmp_path / "file", [b"record"])
    whole = (tmp_path / "file").read_bytes()
    (tmp_path / "file").write_bytes(whole[:start] + whole[end:])
    with pytest.raises(RunError, match="file is damaged"):
        list(read_batches(tmp_path / "file", ALL))
