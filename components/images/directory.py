"""TFDS directories, made of written shards; `tfds.builder_from_directory` opens them."""

import shutil
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds

from vaeflow.components.images.json_lines import read_lines
from vaeflow.components.images.shards import MANIFEST, PARTS


def describe(directory: Path, name: str, features: Mapping[str, Any]) -> dict[str, int]:
    """Give the shards their final names and write TFDS's metadata. Returns the number of images in each split."""
    for stale in directory.glob(f"{name}-*.tfrecord-*"):
        stale.unlink()
    written = sorted(read_lines(directory / PARTS / MANIFEST), key=itemgetter("split", "file"))
    splits = [
        _name_shards(directory, name, split, list(shards)) for split, shards in groupby(written, itemgetter("split"))
    ]
    shutil.rmtree(directory / PARTS)
    tfds.folder_dataset.write_metadata(data_dir=directory, features=features, split_infos=splits, check_data=False)
    return {split.name: split.num_examples for split in splits}


def _name_shards(directory: Path, name: str, split: str, shards: Sequence[Mapping[str, Any]]) -> tfds.core.SplitInfo:
    """Rename the shards of a split. Their number is known only now, since a hash may leave shards empty."""
    for number, shard in enumerate(shards):
        final = directory / f"{name}-{split}.tfrecord-{number:05d}-of-{len(shards):05d}"
        (directory / PARTS / shard["file"]).rename(final)
    return tfds.core.SplitInfo(split, [shard["examples"] for shard in shards], sum(shard["bytes"] for shard in shards))
