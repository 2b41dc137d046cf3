"""What ingest has written, and images that it cannot read."""

import json

import tensorflow_datasets as tfds


def read(dataset):
    """All examples of a dataset by id, with images decoded by TFDS."""
    builder = tfds.builder_from_directory(dataset.path)
    return {
        example["id"].decode(): {**example, "split": split}
        for split in builder.info.splits
        for example in tfds.as_numpy(builder.as_dataset(split=split))
    }


def quarantine(folder):
    lines = (folder / "quarantine.jsonl").read_text().splitlines()
    return {entry["id"]: entry["reason"] for entry in map(json.loads, lines)}


def damage(folder):
    """Three of the forty files of `image_folder`, each damaged in a different way."""
    whole = folder / "cat" / "00.png"
    whole.write_bytes(whole.read_bytes()[:-30])
    (folder / "cat" / "01.png").write_bytes(b"")
    (folder / "dog" / "20.png").write_text("not an image")
