import tensorflow as tf

from vaeflow.components.images.tfrecord import LabelledImage, parse, read_batches, serialise, write_records


def test_what_is_written_is_what_tensorflow_reads(tmp_path):
    records = [b"", b"a", bytes(range(256)) * 300]
    write_records(tmp_path / "file", records)
    with tf.io.TFRecordWriter(str(tmp_path / "reference")) as writer:
        for record in records:
            writer.write(record)
    assert (tmp_path / "file").read_bytes() == (tmp_path / "reference").read_bytes()
    assert [record for batch in read_batches(tmp_path / "file") for record in batch] == records


def test_nothing_is_left_beside_a_file_however_often_it_is_written(tmp_path):
    for _ in range(2):
        write_records(tmp_path / "file", [b"record"])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_image_with_or_without_a_label_comes_back():
    for content in (
        LabelledImage("a/ü.png", 3, b"\0\xff"),
        LabelledImage("b", None, b""),
        LabelledImage("c", -1, b"x"),
        LabelledImage("d", 0, b"x", "0a", ""),
    ):
        assert parse(serialise(content)) == content
