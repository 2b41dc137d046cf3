"""The arrays of images in a NumPy archive: which they are, and what is wrong with others."""

from collections.abc import Iterable, Mapping

from vaeflow.components.sources.npz_array import StoredArray
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.components.sources.usual_names import meaning_of
from vaeflow.models.errors import InputError

_KINDS = "biuf"
_CHANNELS = (1, 2, 3, 4)
_RGB, _COLOURS = 3, (3, 4)
_MANY = 4  # times as many images as rows
_SHAPES = "[n, h, w] or [n, h, w, c]"

IMAGES_FIRST = "numpy.moveaxis({}, -1, 0)"
"""For an array with the images along its last axis, as in MATLAB."""

Arrays = Mapping[str, StoredArray]


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


def check_images(name: str, images: StoredArray) -> None:
    """Raise `InputError` unless the array is [n, h, w] or [n, h, w, c], with pixels that are numbers."""
    got = f"got {name!r}, {images.dtype}{list(images.shape)}"
    if images.dtype.kind not in _KINDS:
        raise InputError(f"ingest.images: expected numbers as pixels, {got}")
    if images.ndim not in (3, 4):
        raise InputError(f"ingest.images: expected shape {_SHAPES}, {got}")
    if images.ndim == 4 and images.shape[3] not in _CHANNELS:
        hint = ""
        if images.shape[1] in _CHANNELS:
            hint = "; move its axis 1 there with numpy.moveaxis"
        elif images.shape[2] in _CHANNELS:
            hint = f"; if its last axis counts the images, move it to the front with {IMAGES_FIRST.format(name)}"
        raise InputError(f"ingest.images: expected 1 to 4 channels in the last axis, {got}{hint}")
    if images.size == 0:
        raise InputError(f"ingest.images: expected at least one pixel, {got}")


def refuse_other_readings(arrays: Arrays, name: str) -> None:
    """Raise `InputError` if images that no other array describes may be one picture, or have the images last."""
    images = arrays[name]
    described = any(array.shape[:1] == images.shape[:1] for other, array in arrays.items() if other != name)
    if images.ndim != 3 or described:
        return
    count, height, width = images.shape
    if reading := _as_one_picture(count, height, width) or _as_images_last(name, count, height, width):
        other, action = reading
        raise InputError(
            f"ingest.images: {listed(arrays, [name])} may be {other}, or {count} grey images of {height}×{width}: "
            f"{action}, and grey images of {height}×{width} as [{count}, {height}, {width}, 1]"
        )


def _as_one_picture(count: int, height: int, width: int) -> tuple[str, str] | None:
    if width in _COLOURS and height > _CHANNELS[-1]:
        picture = f"{count}×{height} pixels with {width} channels"
    elif count == _RGB and min(height, width) > _CHANNELS[-1]:
        picture = f"{height}×{width} pixels with {count} channels"
    else:
        return None
    return f"one picture of {picture}", "save a picture as an image file in a folder, folder:PATH"


def _as_images_last(name: str, count: int, height: int, width: int) -> tuple[str, str] | None:
    """The order of MATLAB: square images along the last axis."""
    if count != height or height <= _CHANNELS[-1] or width < _MANY * height:
        return None
    return f"{width} grey images of {count}×{height}", f"save the {width} with {IMAGES_FIRST.format(name)}"


def listed(arrays: Arrays, names: Iterable[str]) -> str:
    """Names, types and shapes of these arrays."""
    return ", ".join(f"{name} {arrays[name].dtype}{list(arrays[name].shape)}" for name in names) or "none"
