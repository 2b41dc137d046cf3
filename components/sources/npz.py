"""A NumPy archive (.npz or .npy): images [n, h, w] or [n, h, w, c], channels last, with optional labels [n].

The configuration names the arrays, or they are detected by their names. `x_train` and `x_test`, or `train_images`,
`val_images` and `test_images`, are splits, each with the labels of the same split. Optional arrays contain ids, groups,
splits, and the names of classes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.images.splits import SPLITS, split_named
from vaeflow.components.printable import printable
from vaeflow.components.sources.missing import group_named
from vaeflow.components.sources.npz_archive import read_arrays, read_one
from vaeflow.components.sources.npz_images import Arrays
from vaeflow.components.sources.npz_labels import read_labels
from vaeflow.components.sources.npz_layout import Layout, find_layout
from vaeflow.components.sources.npz_vectors import as_text, read_vector
from vaeflow.components.sources.source import UNSPLIT, Source, SourceImage
from vaeflow.models.errors import InputError

_IMAGES_PER_SHARD = 1000
_SHARDS_PER_ARRAY = 8  # every shard has to decompress the whole array


class _Slice(NamedTuple):
    """A slice of the images of an array, with their ids, splits, labels and groups."""

    array: str
    start: int
    ids: Sequence[str]
    splits: Sequence[str]
    labels: Sequence[int | None]
    groups: Sequence[str | None]


def open_npz(
    where: str, images: str | None = None, labels: str | None = None, unlabelled: bool | None = None
) -> Source:
    """Open the archive, detect its arrays and check that they are consistent; see `IngestConfig` for the arguments.

    Raises `InputError` if the archive does not exist or is damaged, or if its arrays are ambiguous or inconsistent.
    """
    path = Path(where).expanduser()
    arrays = read_arrays(path)
    layouts = find_layout(arrays, images, labels)
    ids = [_ids(arrays, layout) for layout in layouts]
    _check_unique([identifier for some in ids for identifier in some], [layout.ids for layout in layouts])
    names, numbers = read_labels(arrays, layouts, unlabelled, decided=labels is not None)
    wholes = [
        _Slice(layout.images, 0, own, _splits(arrays, layout), labels, _groups(arrays, layout))
        for layout, own, labels in zip(layouts, ids, numbers, strict=True)
    ]
    image_arrays = [arrays[layout.images] for layout in layouts]
    return Source(
        shards=[part for whole in wholes for part in _slices(whole)],
        read=partial(_read, path),
        num_images=sum(map(len, image_arrays)),
        num_bytes=sum(array.size for array in image_arrays),
        label_names=names,
        may_have_floats=any(array.dtype.kind == "f" for array in image_arrays),
    )


def _ids(arrays: Arrays, layout: Layout) -> list[str]:
    count = len(arrays[layout.images])
    if layout.ids is None:
        return [f"{layout.images}/{index:06d}" for index in range(count)]
    return [printable(text) for text in as_text(read_vector(arrays, layout.ids, layout, "ids"), "ids")]


def _splits(arrays: Arrays, layout: Layout) -> list[str]:
    if layout.splits is None:
        return [layout.split] * len(arrays[layout.images])
    names = as_text(read_vector(arrays, layout.splits, layout, "splits"), "splits")
    splits = {name: split_named(name) for name in names}
    if wrong := [name for name, split in splits.items() if split is None]:
        raise InputError(
            f"ingest.source: expected names of splits ({', '.join(SPLITS)}) in the array {layout.splits!r}, got "
            f"{wrong[0]!r}; rename the array if it contains no splits"
        )
    return [splits[name] or UNSPLIT for name in names]


def _groups(arrays: Arrays, layout: Layout) -> list[str | None]:
    if layout.groups is None:
        return [None] * len(arrays[layout.images])
    return [*map(group_named, as_text(read_vector(arrays, layout.groups, layout, "groups"), "groups"))]


def _check_unique(ids: Sequence[str], arrays: Sequence[str | None]) -> None:
    if len(set(ids)) < len(ids):
        (identifier, times), *_ = Counter(ids).most_common(1)
        where = ", ".join(filter(None, arrays))
        raise InputError(
            f"ingest.source: expected unique ids in {where}, got '{identifier}' {times} times; "
            "rename the array if it contains no ids"
        )


def _slices(whole: _Slice) -> Iterator[_Slice]:
    step = max(_IMAGES_PER_SHARD, -(-len(whole.ids) // _SHARDS_PER_ARRAY))
    for start in range(0, len(whole.ids), step):
        part = slice(start, start + step)
        yield _Slice(whole.array, start, whole.ids[part], whole.splits[part], whole.labels[part], whole.groups[part])


def _read(path: Path, part: _Slice) -> Iterator[SourceImage]:
    images = read_one(path, part.array)[part.start : part.start + len(part.ids)]
    for identifier, split, label, image, group in zip(
        part.ids, part.splits, part.labels, images, part.groups, strict=True
    ):
        yield SourceImage(identifier, split, label, image, group)
