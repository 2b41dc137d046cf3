"""Which arrays of a NumPy archive are the images, and which are their labels and ids."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from vaeflow.components.sources.source import UNSPLIT
from vaeflow.models.errors import InputError

_SPLITS = {"train", "val", "valid", "validation", "test"}
_LABELS = {"y", "label", "labels", "target", "targets", "class", "classes"}
_IDS = {"id", "ids"}

Arrays = Mapping[str, np.ndarray]


class Layout(NamedTuple):
    """Names of the arrays of one split."""

    split: str
    images: str
    labels: str | None
    ids: str | None


def find_layout(arrays: Arrays, images: str | None, labels: str | None) -> list[Layout]:
    """Find the arrays that were not named: one set of images, or one for every split.

    Raises `InputError` if a named array does not exist or has another shape or type, or if the choice is not clear.
    """
    chosen = {UNSPLIT: _named(arrays, "images", images)} if images else _find_images(arrays)
    for name in chosen.values():
        _check_images(name, arrays[name])
    if labels and len(chosen) > 1:
        raise InputError(
            f"ingest.labels: {labels!r} is one array for several of images: {_list(arrays, chosen.values())}"
        )
    layouts = [
        Layout(
            split=split,
            images=name,
            labels=_named(arrays, "labels", labels) if labels else _find_labels(arrays, name),
            ids=_companion(arrays, name, _IDS),
        )
        for split, name in chosen.items()
    ]
    if len({layout.labels is None for layout in layouts}) > 1:
        bare = next(layout.images for layout in layouts if layout.labels is None)
        raise InputError(f"ingest.labels: {bare!r} has no labels, while other splits have: {_list(arrays, arrays)}")
    return layouts


def _named(arrays: Arrays, field: str, name: str) -> str:
    if name not in arrays:
        raise InputError(f"ingest.{field}: no array {name!r}; there are {_list(arrays, arrays)}")
    return name


def _find_images(arrays: Arrays) -> dict[str, str]:
    """Images by split: arrays of rank 3 or 4, all but the split's own name alike."""
    names = [name for name, array in arrays.items() if array.ndim in (3, 4) and array.dtype.kind in "biuf"]
    if not names:
        raise InputError(
            f"ingest.images: no array of shape [n, h, w] or [n, h, w, c]; there are {_list(arrays, arrays)}"
        )
    if len(names) == 1:
        return {UNSPLIT: names[0]}
    splits = {_split(name)[0]: name for name in names}
    stems = {_split(name)[1] for name in names}
    if len(splits) < len(names) or len(stems) > 1 or UNSPLIT in splits:
        raise InputError(f"ingest.images: name one of the arrays that could be it: {_list(arrays, names)}")
    return splits


def _check_images(name: str, images: np.ndarray) -> None:
    got = f"{name!r} is {images.dtype}{list(images.shape)}"
    if images.dtype.kind not in "biuf":
        raise InputError(f"ingest.images: pixels must be numbers, {got}")
    if images.ndim not in (3, 4):
        raise InputError(f"ingest.images: expected shape [n, h, w] or [n, h, w, c], {got}")
    if images.ndim == 4 and images.shape[3] not in (1, 2, 3, 4):
        raise InputError(f"ingest.images: the last axis must be 1 to 4 channels, {got}")
    if images.size == 0:
        raise InputError(f"ingest.images: there are no pixels, {got}")


def _find_labels(arrays: Arrays, images: str) -> str | None:
    """Labels go by their name; or are the only other array with one value for each image."""
    named = _companion(arrays, images, _LABELS)
    if named:
        return named
    ids = _companion(arrays, images, _IDS)
    count = len(arrays[images])
    alike = [name for name, array in arrays.items() if array.shape == (count,) and array.dtype.kind in "biuUS"]
    alike = [name for name in alike if name != ids and _split(name)[0] == _split(images)[0]]
    if len(alike) > 1:
        raise InputError(f"ingest.labels: name one of the arrays that could be it: {_list(arrays, alike)}")
    return alike[0] if alike else None


def _companion(arrays: Arrays, images: str, stems: set[str]) -> str | None:
    """The array of the same split as `images` whose name says what it is."""
    split = _split(images)[0]
    return next((name for name in arrays if _split(name)[0] == split and _split(name)[1] in stems), None)


def _split(name: str) -> tuple[str, str]:
    """`x_train` → (train, x); a name that tells no split is of the split `UNSPLIT`."""
    words = name.lower().split("_")
    split = next((word for word in words if word in _SPLITS), UNSPLIT)
    return split, "_".join(word for word in words if word != split)


def _list(arrays: Arrays, names: Iterable[str]) -> str:
    return ", ".join(f"{name} {arrays[name].dtype}{list(arrays[name].shape)}" for name in names) or "none"
