"""Any image, in a file, encoded or as an array, becomes a plain 8-bit grey or RGB one; or it is told why it cannot.

What a viewer shows is what comes out: 16-bit values are scaled, palettes and CMYK resolved, transparency is
laid on white, and the orientation that a camera noted is applied. Of an animation the first frame is taken.
A file stays as it is only if TensorFlow decodes it to the same pixels.
"""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from vaeflow.components.images.agreement import Seen, agrees

# Pillow's own limit only warns at first, and is one for the whole process; `max_pixels` is held before any decoding.
Image.MAX_IMAGE_PIXELS = None

WHITE = 255
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_ORIENTATION = 0x0112  # the EXIF tag
_PNG_DEPTH = 24  # place of the bits per channel in a PNG file


class UnreadableError(Exception):
    """The image cannot be used; the message is the reason."""


class Picture(NamedTuple):
    """An image as a viewer shows it, in mode L or RGB, and the file that it came in where that may stay as it is."""

    shown: Image.Image
    file: bytes | None = None

    @property
    def grey(self) -> bool:
        """Whether it has one channel, else three."""
        return self.shown.mode == "L"


def read(image: Path | bytes | np.ndarray, max_pixels: int, white: float = WHITE) -> Picture:
    """Decode the image once.

    An array is [h, w] or [h, w, c], c up to 4. `white` is the stored value of full intensity. Raises `UnreadableError`
    if it is not a whole image, has more than `max_pixels` pixels or none, or values that are not finite.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            if isinstance(image, np.ndarray):
                return Picture(_from_array(image, max_pixels, white))
            return _read_encoded(image if isinstance(image, bytes) else image.read_bytes(), max_pixels, white)
    except UnidentifiedImageError as error:
        raise UnreadableError(f"not an image in {', '.join(_FORMATS)}") from error
    except UnreadableError:
        raise
    except Exception as error:  # whatever a decoder makes of broken bytes: there is no list of what Pillow raises
        raise UnreadableError(getattr(error, "strerror", None) or str(error) or type(error).__name__) from error


def encode(pictures: Sequence[Picture]) -> list[bytes]:
    """Each picture as a PNG or JPEG that TensorFlow shows as Pillow does: its own file if it is one, else a new PNG."""
    seen = [
        Seen(picture.file, picture.shown.height, picture.shown.width, picture.shown.convert("RGB").tobytes())
        for picture in pictures
        if picture.file is not None
    ]
    agreed = iter(agrees(seen))
    return [picture.file if picture.file is not None and next(agreed) else _png(picture.shown) for picture in pictures]


def _read_encoded(data: bytes, max_pixels: int, white: float) -> Picture:
    if not data:
        raise UnreadableError("the file is empty")
    picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    _check_size(*picture.size, max_pixels)
    picture.load()
    if white == WHITE and _is_plain(picture, data):
        return Picture(picture, data)
    flat = _flatten(ImageOps.exif_transpose(picture))
    return Picture(flat if white == WHITE else _from_array(np.asarray(flat), max_pixels, white))


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
        raise UnreadableError("it holds NaN or infinite values")
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
