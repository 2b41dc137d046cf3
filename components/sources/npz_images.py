"""The arrays of images in a NumPy archive: which they are, and what is wrong with others."""

from collections.abc import Iterable, Mapping

import numpy as np

from vaeflow.components.sources.source import UNSPLIT
from vaeflow.components.sources.usual_names import meaning_of
from vaeflow.models.errors import InputError

_KINDS = "biuf"
_CHANNELS = (1, 2, 3, 4)
_RGB, _COLOURS = 3, (3, 4)
_SHAPES = "[n, h, w] or [n, h, w, c]"

Arrays = Mapping[str, np.ndarray]


def find_images(arrays: Arrays) -> dict[str, str]:
    """Names of the images by split: arrays of rank 3 or 4 whose names differ only in the split.

    Names such as images are preferred to others. Raises `InputError` if there are none or other ones.
    """
    possible = [name for name, array in arrays.items() if array.ndim in (3, 4) and array.dtype.kind in _KINDS]
    if not possible:
        raise InputError(f"ingest.images: no array of shape {_SHAPES}; {_instead(arrays)}")
    names = [name for name in possible if meaning_of(name).role == "images"] or possible
    if len(names) == 1:
        return {UNSPLIT: names[0]}
    splits = {meaning_of(name).split: name for name in names}
    stems = {meaning_of(name).stem for name in names}
    if len(splits) < len(names) or len(stems) > 1 or UNSPLIT in splits:
        raise InputError(f"ingest.images: name one of several possible arrays: {listed(arrays, names)}")
    return splits


def _instead(arrays: Arrays) -> str:
    """The arrays that there are, and what to do if one of them may contain images."""
    available = f"available arrays: {listed(arrays, arrays)}"
    flat = [name for name, array in arrays.items() if array.ndim == 2 and array.dtype.kind in _KINDS and array.size]
    if not flat:
        return available
    return (
        f"{available}. If the rows of {flat[0]} are images, reshape it; if it is a single one, save it as an image "
        "file and set ingest.source to folder:PATH"
    )


def check_images(name: str, images: np.ndarray) -> None:
    """Raise `InputError` unless the array is [n, h, w] or [n, h, w, c], with pixels that are numbers."""
    got = f"got {name!r}, {images.dtype}{list(images.shape)}"
    if images.dtype.kind not in _KINDS:
        raise InputError(f"ingest.images: expected numbers as pixels, {got}")
    if images.ndim not in (3, 4):
        raise InputError(f"ingest.images: expected shape {_SHAPES}, {got}")
    if images.ndim == 4 and images.shape[3] not in _CHANNELS:
        hint = "; move its axis 1 there with numpy.moveaxis" if images.shape[1] in _CHANNELS else ""
        raise InputError(f"ingest.images: expected 1 to 4 channels in the last axis, {got}{hint}")
    if images.size == 0:
        raise InputError(f"ingest.images: expected at least one pixel, {got}")


def refuse_one_picture(arrays: Arrays, name: str) -> None:
    """Raise `InputError` if images that no other array describes may be a single picture with channels."""
    images = arrays[name]
    count, height, width = images.shape[:3]
    described = any(array.shape[:1] == (count,) for other, array in arrays.items() if other != name)
    if images.ndim != 3 or described:
        return
    if width in _COLOURS and height > _CHANNELS[-1]:
        picture = f"{count}×{height} pixels with {width} channels"
    elif count == _RGB and min(height, width) > _CHANNELS[-1]:
        picture = f"{height}×{width} pixels with {count} channels"
    else:
        return
    raise InputError(
        f"ingest.images: {listed(arrays, [name])} may be one picture of {picture}, or {count} grey images of "
        f"{height}×{width}: save a picture as an image file in a folder, folder:PATH, and grey images as "
        f"[{count}, {height}, {width}, 1]"
    )


def listed(arrays: Arrays, names: Iterable[str]) -> str:
    """Names, types and shapes of these arrays."""
    return ", ".join(f"{name} {arrays[name].dtype}{list(arrays[name].shape)}" for name in names) or "none"
