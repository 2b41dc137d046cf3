"""Detection of the arrays of images, labels and ids in a NumPy archive."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from vaeflow.components.images.splits import split_named
from vaeflow.components.sources.config import NO_LABELS
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.models.errors import InputError

_LABELS = {"y", "label", "labels", "target", "targets", "class", "classes"}
_IDS = {"id", "ids"}
_GROUPS = {"group", "groups"}

Arrays = Mapping[str, np.ndarray]


class Layout(NamedTuple):
    """Names of the arrays of one split."""

    split: str
    images: str
    labels: str | None
    ids: str | None
    groups: str | None


def find_layout(arrays: Arrays, images: str | None, labels: str | None) -> list[Layout]:
    """Detect the arrays that are not named: one array of images, or one per split.

    Raises `InputError` if a named array does not exist, if an array has the wrong shape or type, or if the choice is
    ambiguous.
    """
    chosen = {UNSPLIT: _named(arrays, "images", images)} if images else _find_images(arrays)
    for name in chosen.values():
        _check_images(name, arrays[name])
    if labels not in (None, NO_LABELS) and len(chosen) > 1:
        raise InputError(
            f"ingest.labels: expected labels for each array of images, got only {labels!r} for "
            f"{_list(arrays, chosen.values())}"
        )
    layouts = [
        Layout(
            split=split,
            images=name,
            labels=_labels_of(arrays, name, labels),
            ids=_companion(arrays, name, _IDS),
            groups=_companion(arrays, name, _GROUPS),
        )
        for split, name in chosen.items()
    ]
    if len({layout.labels is None for layout in layouts}) > 1:
        bare = next(layout.images for layout in layouts if layout.labels is None)
        raise InputError(
            f"ingest.labels: expected labels for all splits or none, got none for {bare!r}: {_list(arrays, arrays)}"
        )
    return layouts


def _labels_of(arrays: Arrays, images: str, labels: str | None) -> str | None:
    if labels == NO_LABELS:
        return None
    return _named(arrays, "labels", labels) if labels else _find_labels(arrays, images)


def _named(arrays: Arrays, field: str, name: str) -> str:
    if name not in arrays:
        raise InputError(f"ingest.{field}: no array {name!r}; available arrays: {_list(arrays, arrays)}")
    return name


def _find_images(arrays: Arrays) -> dict[str, str]:
    """Names of the images by split: arrays of rank 3 or 4 whose names differ only in the split."""
    names = [name for name, array in arrays.items() if array.ndim in (3, 4) and array.dtype.kind in "biuf"]
    if not names:
        raise InputError(
            f"ingest.images: no array of shape [n, h, w] or [n, h, w, c]; available arrays: {_list(arrays, arrays)}"
        )
    if len(names) == 1:
        return {UNSPLIT: names[0]}
    splits = {_split(name)[0]: name for name in names}
    stems = {_split(name)[1] for name in names}
    if len(splits) < len(names) or len(stems) > 1 or UNSPLIT in splits:
        raise InputError(f"ingest.images: name one of several possible arrays: {_list(arrays, names)}")
    return splits


def _check_images(name: str, images: np.ndarray) -> None:
    got = f"got {name!r}, {images.dtype}{list(images.shape)}"
    if images.dtype.kind not in "biuf":
        raise InputError(f"ingest.images: expected numbers as pixels, {got}")
    if images.ndim not in (3, 4):
        raise InputError(f"ingest.images: expected shape [n, h, w] or [n, h, w, c], {got}")
    if images.ndim == 4 and images.shape[3] not in (1, 2, 3, 4):
        raise InputError(f"ingest.images: expected 1 to 4 channels in the last axis, {got}")
    if images.size == 0:
        raise InputError(f"ingest.images: expected at least one pixel, {got}")


def _find_labels(arrays: Arrays, images: str) -> str | None:
    """The labels, by name, or else the only other array with one value per image."""
    named = _companion(arrays, images, _LABELS)
    if named:
        return named
    others = {_companion(arrays, images, stems) for stems in (_IDS, _GROUPS)}
    count = len(arrays[images])
    alike = [name for name, array in arrays.items() if array.shape == (count,) and array.dtype.kind in "biuUS"]
    alike = [name for name in alike if name not in others and _split(name)[0] == _split(images)[0]]
    if len(alike) > 1:
        raise InputError(f"ingest.labels: name one of several possible arrays: {_list(arrays, alike)}")
    return alike[0] if alike else None


def _companion(arrays: Arrays, images: str, stems: set[str]) -> str | None:
    """The array of the same split as `images` whose name without the split is one of `stems`."""
    split = _split(images)[0]
    return next((name for name in arrays if _split(name)[0] == split and _split(name)[1] in stems), None)


def _split(name: str) -> tuple[str, str]:
    """Split and rest of a name: `x_train` → (train, x). Names without a split belong to `UNSPLIT`."""
    words = name.lower().split("_")
    split = next((split for word in words if (split := split_named(word))), UNSPLIT)
    return split, "_".join(word for word in words if split_named(word) is None)


def _list(arrays: Arrays, names: Iterable[str]) -> str:
    return ", ".join(f"{name} {arrays[name].dtype}{list(arrays[name].shape)}" for name in names) or "none"
