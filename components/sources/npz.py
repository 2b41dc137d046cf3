"""A NumPy archive: images [n, h, w] or [n, h, w, c], channels last, with labels [n] if there are any.

Arrays are named in the configuration or found. `x_train` and `x_test`, or `train_images`, `val_images` and
`test_images`, are splits, each with the labels of the same split. An array of ids, if there is one, names the images.
"""

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vaeflow.components.sources.npz_layout import Arrays, Layout, find_layout
from vaeflow.components.sources.source import Source, SourceImage
from vaeflow.models.errors import InputError

_SCALES = (1, 255, 65535)
_IMAGES_PER_SHARD = 1000
_SHARDS_PER_ARRAY = 8  # every shard has to unpack the whole array again


class _Slice(NamedTuple):
    """Some images of one array, with their ids and labels."""

    array: str
    split: str
    start: int
    ids: Sequence[str]
    labels: Sequence[int] | None


def open_npz(where: str, images: str | None = None, labels: str | None = None) -> Source:
    """Open the archive, find its arrays and check that they fit together."""
    path = Path(where).expanduser()
    arrays = _load(path)
    layouts = find_layout(arrays, images, labels)
    ids = [_ids(arrays, layout) for layout in layouts]
    _check_unique([identifier for some in ids for identifier in some])
    names, numbers = _labels(arrays, layouts)
    sliced = zip(layouts, ids, numbers, strict=True)
    image_arrays = [arrays[layout.images] for layout in layouts]
    return Source(
        shards=[part for layout, some, labels in sliced for part in _slices(layout, some, labels)],
        read=partial(_read, path),
        num_images=sum(map(len, image_arrays)),
        num_bytes=sum(array.size for array in image_arrays),
        label_names=names,
        white=_white(image_arrays),
    )


def _load(path: Path) -> Arrays:
    if not path.is_file():
        raise InputError(f"ingest.source: {path} is {'not a file' if path.exists() else 'not there'}")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: _member(archive, name) for name in archive.files}
    except (OSError, ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"ingest.source: {path} is not a whole NumPy archive (.npz): {error}") from error


def _member(archive: np.lib.npyio.NpzFile, name: str) -> np.ndarray:
    try:
        return archive[name]
    except ValueError:  # Python objects, which only unpickling could read: known by name alone
        return np.array(None, dtype=object)


def _ids(arrays: Arrays, layout: Layout) -> list[str]:
    count = len(arrays[layout.images])
    if layout.ids is None:
        return [f"{layout.images}/{index:06d}" for index in range(count)]
    return list(map(str, _text(_vector(arrays, layout.ids, layout, "ids"))))


def _check_unique(ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        (identifier, times), *_ = Counter(ids).most_common(1)
        raise InputError(f"ingest.source: ids must be unique, {identifier!r} comes {times} times")


def _labels(arrays: Arrays, layouts: Sequence[Layout]) -> tuple[tuple[str, ...] | None, list[list[int] | None]]:
    """Names of the classes over all splits, and each image's class number by split."""
    vectors = [_vector(arrays, layout.labels, layout, "labels") for layout in layouts if layout.labels]
    if not vectors:
        return None, [None] * len(layouts)
    values = np.unique(np.concatenate(vectors))
    return tuple(map(str, _text(values))), [np.searchsorted(values, vector).tolist() for vector in vectors]


def _vector(arrays: Arrays, name: str, layout: Layout, what: str) -> np.ndarray:
    """One integer or text for each image; a column [n, 1] does as well."""
    array = arrays[name]
    count = len(arrays[layout.images])
    got = f"{name!r} is {array.dtype}{list(array.shape)}"
    if array.dtype.kind not in "biuUS" or array.shape not in ((len(array),), (len(array), 1)):
        raise InputError(f"ingest.{what}: expected one integer or text for each image, {got}")
    if len(array) != count:
        raise InputError(f"ingest.{what}: expected {count}, one for each image of {layout.images!r}, {got}")
    return array.reshape(count)


def _text(values: np.ndarray) -> np.ndarray:
    return np.char.decode(values, "utf-8", "backslashreplace") if values.dtype.kind == "S" else values.astype(str)


def _white(arrays: Sequence[np.ndarray]) -> float:
    """The value of full intensity, from the range of the whole source and not of each image: 1, 255 or 65535."""
    finite = [array[np.isfinite(array)] if array.dtype.kind == "f" else array for array in arrays]
    low = min((float(array.min()) for array in finite if array.size), default=0)
    high = max((float(array.max()) for array in finite if array.size), default=0)
    if low < 0 or high > _SCALES[-1]:
        raise InputError(f"ingest.images: pixels must lie in 0..1, 0..255 or 0..65535, got {low:g} to {high:g}")
    return next(scale for scale in _SCALES if high <= scale)


def _slices(layout: Layout, ids: Sequence[str], labels: Sequence[int] | None) -> Iterator[_Slice]:
    step = max(_IMAGES_PER_SHARD, -(-len(ids) // _SHARDS_PER_ARRAY))
    for start in range(0, len(ids), step):
        end = start + step
        yield _Slice(layout.images, layout.split, start, ids[start:end], labels[start:end] if labels else None)


def _read(path: Path, part: _Slice) -> Iterator[SourceImage]:
    with np.load(path) as archive:
        images = archive[part.array][part.start : part.start + len(part.ids)]
    for identifier, label, image in zip(part.ids, part.labels or repeat(None), images, strict=False):
        yield SourceImage(identifier, part.split, label, image)
