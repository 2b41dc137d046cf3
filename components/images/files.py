"""Opening of encoded images: everything that Pillow reads of the formats below, and arrays in `.npy`."""

import io
import stat
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, TiffImagePlugin

from vaeflow.components.images.npy import MAGIC, BrokenArrayError, read_array

# Pillow's own limit only warns at first, and applies to the whole process; `max_pixels` is checked before decoding.
Image.MAX_IMAGE_PIXELS = None

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
EXPECTED = "PNG, JPEG, BMP, GIF, WebP, TIFF, PGM, PPM, JPEG 2000, AVIF or .npy"

_SPECIAL = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
_PNG_DEPTH = 24  # offset of the bit depth in a PNG file
_TIFF_BITS, _TIFF_FORMAT = 258, 339
_TIFF_KINDS = {1: "u", 2: "i"}


class UnreadableError(Exception):
    """An image cannot be used; the message is the reason."""


def contents(path: Path) -> bytes:
    """The bytes of a file. What is no file, such as a FIFO, is not opened, because that might wait forever."""
    kind = stat.S_IFMT(path.stat().st_mode)
    if kind != stat.S_IFREG:
        raise UnreadableError(f"it is {_SPECIAL.get(kind, 'a folder')}, not a file")
    return path.read_bytes()


def decode(data: bytes, max_pixels: int) -> Image.Image | np.ndarray:
    """Decode the first frame to a picture or, if it holds numbers that are not 8-bit levels, to an array.

    Raises `UnreadableError` if there are no pixels or more than `max_pixels`.
    """
    if not data:
        raise UnreadableError("the file is empty")
    if data.startswith(MAGIC):
        return _decode_array(data)
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    check_size(*picture.size, max_pixels)
    picture.load()
    return _numbers(picture) if picture.mode == "F" or picture.mode.startswith("I") else picture


def png_depth(picture: Image.Image, data: bytes) -> int | None:
    """Bits per channel of a PNG, None for other formats."""
    return data[_PNG_DEPTH] if picture.format == "PNG" else None


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Raise `UnreadableError` if the image has no pixels or too many."""
    if width * height == 0:
        raise UnreadableError(f"it has no pixels: {width} × {height}")
    if width * height > max_pixels:
        raise UnreadableError(f"it has {width} × {height} pixels, more than max_pixels = {max_pixels}")


def _decode_array(data: bytes) -> np.ndarray:
    try:
        return read_array(data)
    except BrokenArrayError as error:
        raise UnreadableError(f"it is a damaged .npy file: {error}") from error


def _numbers(picture: Image.Image) -> np.ndarray:
    """The pixels in the type of the file, which Pillow widens to 32 bits in mode I."""
    upright = ImageOps.exif_transpose(picture)
    array = np.asarray(upright)
    if picture.mode != "I":
        return array
    return array.astype(_tiff_type(picture) if isinstance(picture, TiffImagePlugin.TiffImageFile) else np.uint16)


def _tiff_type(picture: TiffImagePlugin.TiffImageFile) -> str:
    kind = _TIFF_KINDS.get(picture.tag_v2.get(_TIFF_FORMAT, (1,))[0], "i")
    return f"{kind}{picture.tag_v2[_TIFF_BITS][0] // 8}"
