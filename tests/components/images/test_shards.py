import apache_beam as beam

from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.batching import Limits
from vaeflow.components.images.json_lines import read_lines
from vaeflow.components.images.shards import Entry, num_shards, write_shards
from vaeflow.components.images.tfrecord import read_batches

ENTRIES = [Entry("train", f"image-{number}", bytes([number] * (number % 5))) for number in range(60)]


LIMITS = Limits(items=100, size=10**6)


def batches(entries, size):
    return [entries[start : start + size] for start in range(0, len(entries), size)]


def write(directory, entries, batch=7):
    """The shards of the manifest, by file name."""
    with beam_pipeline() as pipeline:
        write_shards(pipeline | beam.Create(batches(entries, batch)), directory, 3)
    parts = directory / "parts"
    return {shard["file"]: (parts / shard["file"]).read_bytes() for shard in read_lines(parts / "shards.jsonl")}


def test_the_bytes_do_not_depend_on_the_order_of_arrival_and_the_size_of_batches(tmp_path):
    forward, backward = write(tmp_path / "forward", ENTRIES), write(tmp_path / "backward", ENTRIES[::-1])
    assert forward == backward == write(tmp_path / "single", ENTRIES, batch=1)
    assert list(forward) == ["train-00000", "train-00001", "train-00002"]


def test_the_manifest_counts_what_each_shard_holds(tmp_path):
    write(tmp_path, [*ENTRIES, Entry("test", "image", b"one")])
    shards = read_lines(tmp_path / "parts" / "shards.jsonl")
    for shard in shards:
        records = [record for batch in read_batches(tmp_path / "parts" / shard["file"], LIMITS) for record in batch]
        assert (shard["examples"], shard["bytes"]) == (len(records), sum(map(len, records)))
    assert sum(shard["examples"] for shard in shards if shard["split"] == "train") == len(ENTRIES)


def test_the_order_is_the_same_for_any_number_of_shards(tmp_path):
    three = write(tmp_path / "three", ENTRIES)
    with beam_pipeline() as pipeline:
        write_shards(pipeline | beam.Create([ENTRIES]), tmp_path / "one", 1)
    assert b"".join(three.values()) == (tmp_path / "one" / "parts" / "train-00000").read_bytes()


def test_shards_grow_with_the_bytes():
    assert [num_shards(size) for size in (0, 1, 64 * 2**20, 64 * 2**20 + 1)] == [1, 1, 1, 2]
