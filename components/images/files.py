"""Opening of encoded images: everything that Pillow reads of the formats below, and arrays in `.npy`."""

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFile, TiffImagePlugin, UnidentifiedImageError

from vaeflow.components.file_kinds import FILE, kind_of
from vaeflow.components.images.deep import has_deep_colours, read_deep, read_grey
from vaeflow.components.images.npy import MAGIC, BrokenArrayError, read_array
from vaeflow.components.images.pnm import read_map
from vaeflow.components.images.stored import Stored
from vaeflow.components.images.tiff import read_tiff
from vaeflow.components.images.unreadable import UnreadableError, check_size

# Pillow's own limit only warns at first, and applies to the whole process; `max_pixels` is checked before decoding.
Image.MAX_IMAGE_PIXELS = None

FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
EXPECTED = "PNG, JPEG, BMP, GIF, WebP, TIFF, PGM, PPM, JPEG 2000, AVIF or .npy"

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class Decoded(NamedTuple):
    """A picture or, if a file holds numbers that are not 8-bit levels, these; and whether it has more frames."""

    content: Image.Image | Stored
    has_more: bool = False


def contents(path: Path) -> bytes:
    """The bytes of a file. What is no file, such as a FIFO, is not opened, because that might wait forever."""
    if (kind := kind_of(path.stat())) != FILE:
        raise UnreadableError(f"it is {kind}, not a file")
    return path.read_bytes()


def decode(data: bytes, max_pixels: int) -> Decoded:
    """Decode the first frame of an animation, or the first page of a TIFF.

    Raises `UnreadableError` if there are no pixels or more than `max_pixels`.
    """
    if not data:
        raise UnreadableError("the file is empty")
    if data.startswith(MAGIC):
        return Decoded(Stored(_read_array(data)))
    if (stored := read_map(data, max_pixels)) is not None:
        return Decoded(stored)
    picture = _open(data)
    check_size(*picture.size, max_pixels)
    has_more = _has_more(picture)
    return Decoded(_stored_values(picture, data) or picture, has_more)


def _has_more(picture: ImageFile.ImageFile) -> bool:
    """Whether an opened file has several frames or pages; the further ones of a JPEG are previews."""
    return picture.format != "MPO" and bool(getattr(picture, "is_animated", False))


def _read_array(data: bytes) -> np.ndarray:
    try:
        return read_array(data)
    except BrokenArrayError as error:
        raise UnreadableError(f"it is a damaged .npy file: {error}") from error


def _open(data: bytes) -> ImageFile.ImageFile:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        if data.startswith(_TIFF):
            raise UnreadableError(
                "it is a damaged TIFF, or one of a kind of pixels that cannot be read; save it as PNG, or as an array "
                "(.npy)"
            ) from error
        raise UnreadableError(f"not an image in {EXPECTED}") from error


def _stored_values(picture: ImageFile.ImageFile, data: bytes) -> Stored | None:
    """The values of a picture if they are not 8-bit levels. Otherwise the picture is decoded."""
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        stored = read_tiff(picture, data)
    elif has_deep_colours(picture):
        stored = read_deep(data)
    elif picture.mode == "F" or picture.mode.startswith("I"):
        stored = read_grey(picture)
    else:
        stored = None
    if stored is None:
        picture.load()
    return stored
