"""A NumPy archive (.npz or .npy): images [n, h, w] or [n, h, w, c], channels last, with optional labels [n].

The configuration names the arrays, or they are detected by their names. `x_train` and `x_test`, or `train_images`,
`val_images` and `test_images`, are splits, each with the labels of the same split. Optional arrays contain ids, groups,
splits, factors of variation, and the names of classes and factors.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.images.splits import SPLITS, split_named
from vaeflow.components.printable import printable
from vaeflow.components.sources.missing import group_named
from vaeflow.components.sources.npz_archive import open_arrays
from vaeflow.components.sources.npz_factors import read_factors, white_of
from vaeflow.components.sources.npz_images import Arrays
from vaeflow.components.sources.npz_labels import read_labels
from vaeflow.components.sources.npz_layout import Layout, find_layout
from vaeflow.components.sources.npz_shards import Shard, divide, read_shard
from vaeflow.components.sources.npz_vectors import as_text, read_vector
from vaeflow.components.sources.source import UNSPLIT, Source
from vaeflow.models.errors import InputError

_Texts = NDArray[np.str_] | None


def open_npz(
    where: str, images: str | None = None, labels: str | None = None, unlabelled: bool | None = None
) -> Source:
    """Open the archive, detect its arrays and check that they are consistent; see `IngestConfig` for the arguments.

    Raises `InputError` if the archive does not exist or is damaged, or if its arrays are ambiguous or inconsistent.
    """
    arrays = open_arrays(Path(where).expanduser())
    layouts = find_layout(arrays, images, labels)
    names, numbers = read_labels(arrays, layouts, unlabelled, decided=labels is not None)
    factors, values = read_factors(arrays, layouts)
    names_of_factors = tuple(factor.name for factor in factors)
    wholes = [
        _whole(arrays, layout, labels)._replace(factors=some, factor_names=names_of_factors)
        for layout, labels, some in zip(layouts, numbers, values, strict=True)
    ]
    _check_unique(wholes, [layout.ids for layout in layouts])
    return Source(
        shards=[shard for whole in wholes for shard in divide(whole)],
        read=read_shard,
        num_images=sum(len(whole.images) for whole in wholes),
        num_bytes=sum(whole.images.size for whole in wholes),
        label_names=names,
        factors=factors,
        white=white_of(arrays),
        may_have_floats=any(whole.images.dtype.kind == "f" for whole in wholes),
    )


def _whole(arrays: Arrays, layout: Layout, labels: NDArray[np.int64] | None) -> Shard:
    """All images of an array."""
    images = arrays[layout.images]
    ids, splits, groups = _ids(arrays, layout), _splits(arrays, layout), _groups(arrays, layout)
    return Shard(images, layout.images, layout.split, 0, len(images), ids, splits, labels, groups)


def _ids(arrays: Arrays, layout: Layout) -> _Texts:
    if layout.ids is None:
        return None
    return np.array([printable(text) for text in as_text(read_vector(arrays, layout.ids, layout, "ids"), "ids")])


def _splits(arrays: Arrays, layout: Layout) -> _Texts:
    if layout.splits is None:
        return None
    names = as_text(read_vector(arrays, layout.splits, layout, "splits"), "splits")
    splits = {name: split_named(name) for name in names}
    if wrong := [name for name, split in splits.items() if split is None]:
        raise InputError(
            f"ingest.source: expected names of splits ({', '.join(SPLITS)}) in the array {layout.splits!r}, got "
            f"{wrong[0]!r}; rename the array if it contains no splits"
        )
    return np.array([splits[name] or UNSPLIT for name in names])


def _groups(arrays: Arrays, layout: Layout) -> _Texts:
    """The name of each group, empty if an image has none."""
    if layout.groups is None:
        return None
    names = as_text(read_vector(arrays, layout.groups, layout, "groups"), "groups")
    return np.array([group_named(name) or "" for name in names])


def _check_unique(wholes: Sequence[Shard], arrays: Sequence[str | None]) -> None:
    if not any(arrays):
        return
    ids = [identifier for whole in wholes for identifier in whole.identifiers()]
    if len(set(ids)) < len(ids):
        (identifier, times), *_ = Counter(ids).most_common(1)
        where = ", ".join(filter(None, arrays))
        raise InputError(
            f"ingest.source: expected unique ids in {where}, got '{identifier}' {times} times; "
            "rename the array if it contains no ids"
        )
