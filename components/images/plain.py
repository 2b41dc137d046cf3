"""Conversion of any image, encoded or an array, to a plain 8-bit grey or RGB image.

The result is what an image viewer shows: 16-bit values are scaled, palettes and CMYK are converted, transparency is
composited onto white, and the EXIF orientation is applied. Only the first frame of an animation is used. A file is kept
as it is only if TensorFlow decodes it to the same pixels.
"""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from vaeflow.components.images.agreement import Reference, agrees

# Pillow's own limit only warns at first, and applies to the whole process; `max_pixels` is checked before decoding.
Image.MAX_IMAGE_PIXELS = None

WHITE = 255
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_ORIENTATION = 0x0112  # the EXIF tag
_PNG_DEPTH = 24  # offset of the bit depth in a PNG file


class UnreadableError(Exception):
    """An image cannot be used; the message is the reason."""


class PlainImage(NamedTuple):
    """An image in mode L or RGB, and its original file if that may be kept as it is."""

    shown: Image.Image
    file: bytes | None = None

    @property
    def grey(self) -> bool:
        """Whether the image has one channel instead of three."""
        return self.shown.mode == "L"


def read(image: Path | bytes | np.ndarray, max_pixels: int, white: float = WHITE) -> PlainImage:
    """Decode an image: a file, its bytes, or an array [h, w] or [h, w, c] with c up to 4.

    `white` is the stored value of full intensity. Raises `UnreadableError` if the image is damaged, has no pixels or
    more than `max_pixels`, or has values that are not finite.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            if isinstance(image, np.ndarray):
                return PlainImage(_from_array(image, max_pixels, white))
            return _read_encoded(image if isinstance(image, bytes) else image.read_bytes(), max_pixels, white)
    except UnidentifiedImageError as error:
        raise UnreadableError(f"not an image in {', '.join(_FORMATS)}") from error
    except UnreadableError:
        raise
    except Exception as error:  # Pillow does not document what decoders raise for damaged files
        raise UnreadableError(getattr(error, "strerror", None) or str(error) or type(error).__name__) from error


def encode(pictures: Sequence[PlainImage]) -> list[bytes]:
    """Encode each image as PNG or JPEG that TensorFlow decodes as Pillow does: its file if possible, else a new PNG."""
    references = [
        Reference(picture.file, picture.shown.height, picture.shown.width, picture.shown.convert("RGB").tobytes())
        for picture in pictures
        if picture.file is not None
    ]
    agreed = iter(agrees(references))
    return [picture.file if picture.file is not None and next(agreed) else _png(picture.shown) for picture in pictures]


def _read_encoded(data: bytes, max_pixels: int, white: float) -> PlainImage:
    if not data:
        raise UnreadableError("the file is empty")
    picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    _check_size(*picture.size, max_pixels)
    picture.load()
    if white == WHITE and _is_plain(picture, data):
        return PlainImage(picture, data)
    flat = _flatten(ImageOps.exif_transpose(picture))
    return PlainImage(flat if white == WHITE else _from_array(np.asarray(flat), max_pixels, white))


def _is_plain(picture: Image.Image, data: bytes) -> bool:
    if picture.mode not in ("L", "RGB") or picture.has_transparency_data:
        return False
    if picture.getexif().get(_ORIENTATION, 1) != 1:
        return False
    return picture.format in ("JPEG", "MPO") or (picture.format == "PNG" and data[_PNG_DEPTH] == 8)


def _flatten(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return Image.fromarray(_scale(np.asarray(picture), 65535))
    grey = picture.mode in ("1", "L", "LA")
    if picture.has_transparency_data:
        opaque = Image.new("RGBA", picture.size, "white")
        opaque.alpha_composite(picture.convert("RGBA"))
        picture = opaque
    return picture.convert("L" if grey else "RGB")


def _from_array(array: np.ndarray, max_pixels: int, white: float) -> Image.Image:
    _check_size(array.shape[1], array.shape[0], max_pixels)
    if not np.isfinite(array).all():
        raise UnreadableError("it contains NaN or infinite values")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    return _flatten(Image.fromarray(_scale(array, white)))


def _scale(array: np.ndarray, white: float) -> np.ndarray:
    return np.rint(array * (WHITE / white)).clip(0, WHITE).astype(np.uint8)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height == 0:
        raise UnreadableError(f"it has no pixels: {width} × {height}")
    if width * height > max_pixels:
        raise UnreadableError(f"it has {width} × {height} pixels, more than max_pixels = {max_pixels}")


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
