"""Conversion of any image, encoded or an array, to a plain 8-bit grey or RGB image.

The result is what an image viewer shows: stored values are scaled to 8 bits, palettes and CMYK are converted,
transparency is composited onto white, and the EXIF orientation is applied. Only the first frame of an animation is
used. A file is kept as it is only if TensorFlow decodes it to the same pixels.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from vaeflow.components.images.agreement import Reference, agrees
from vaeflow.components.images.files import Decoded, contents, decode
from vaeflow.components.images.intensity import BY_TYPE, FLOATS, MAX_LEVEL, Intensity, Scale, kind_of
from vaeflow.components.images.png_encoding import encode_pngs
from vaeflow.components.images.ranges import Range, in_stored_values, range_of_arrays, range_of_picture
from vaeflow.components.images.stored import Stored
from vaeflow.components.images.unreadable import UnreadableError, check_size

_LEVELS, _BITS = Scale(0, MAX_LEVEL), Scale(0, 1)
_BYTE = np.dtype(np.uint8)
_ORIENTATION = 0x0112  # the EXIF tag
_PNG_DEPTH = 24  # offset of the bit depth in a PNG file


class PlainImage(NamedTuple):
    """An image in mode L or RGB, the range of what was stored, the original file if it may be kept as it is, and
    whether it has more frames or pages.
    """

    shown: Image.Image
    range: Range
    file: bytes | None = None
    has_more: bool = False

    @property
    def grey(self) -> bool:
        """Whether the image has one channel instead of three."""
        return self.shown.mode == "L"


def read(image: Path | bytes | np.ndarray, max_pixels: int, intensity: Intensity = BY_TYPE) -> PlainImage:
    """Decode an image: a file, its bytes, or an array [h, w] or [h, w, c] with c up to 4.

    Raises `UnreadableError` if the image is damaged, has no pixels or more than `max_pixels`, or has values that are
    not finite.
    """
    with _named_errors():
        (content, has_more), data = _decode(image, max_pixels)
        if isinstance(content, Stored):
            plain = _from_values(content, max_pixels, intensity)
        else:
            plain = _from_picture(content, data, intensity)
        return plain._replace(has_more=has_more)


def read_float_range(image: Path | bytes | np.ndarray, max_pixels: int, black: float) -> Range | None:
    """The range of an image of floats, which is needed to know their white; None for others and for unreadable ones."""
    with suppress(UnreadableError), _named_errors():
        (content, _), _ = _decode(image, max_pixels)
        if isinstance(content, Stored) and content.values.dtype.kind == "f":
            _check_array(content.values, max_pixels)
            return range_of_arrays(content.values[np.newaxis], Scale(black, black + 1), FLOATS)
    return None


def _decode(image: Path | bytes | np.ndarray, max_pixels: int) -> tuple[Decoded, bytes]:
    """What the image contains, and the bytes of the file, which an array has not."""
    if isinstance(image, np.ndarray):
        return Decoded(Stored(image)), b""
    data = contents(image) if isinstance(image, Path) else image
    return decode(data, max_pixels), data


@contextmanager
def _named_errors() -> Iterator[None]:
    """Raise `UnreadableError` for whatever goes wrong while an image is decoded."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
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
    kept = [picture.file if picture.file is not None and next(agreed) else None for picture in pictures]
    changed = [picture.shown for picture, file in zip(pictures, kept, strict=True) if file is None]
    encoded = iter(encode_pngs(changed))
    return [next(encoded) if file is None else file for file in kept]


def _from_picture(picture: Image.Image, data: bytes, intensity: Intensity) -> PlainImage:
    """A picture whose channels have 8 bits, or one bit, which is black or white by itself."""
    if picture.mode == "1":
        shown, _ = _flatten(ImageOps.exif_transpose(picture), _LEVELS)
        return PlainImage(shown, in_stored_values(range_of_picture(shown, "bool", _LEVELS), _BITS))
    scale = intensity.integer_scale(_BYTE)
    if scale.is_identity and _is_plain(picture, data):
        return PlainImage(picture, range_of_picture(picture, _BYTE.name, scale), data)
    return PlainImage(*_flatten(ImageOps.exif_transpose(picture), scale))


def _is_plain(picture: Image.Image, data: bytes) -> bool:
    if picture.mode not in ("L", "RGB") or picture.has_transparency_data:
        return False
    if picture.getexif().get(_ORIENTATION, 1) != 1:
        return False
    return picture.format in ("JPEG", "MPO") or (picture.format == "PNG" and data[_PNG_DEPTH] == 8)


def _flatten(picture: Image.Image, scale: Scale) -> tuple[Image.Image, Range]:
    """The picture in mode L or RGB with its colours scaled, on white, and the range of the stored values.

    That of a transparent picture is measured where it is seen, since colours may be anything where they are not.
    """
    final = "L" if picture.mode in ("1", "L", "LA") else "RGB"
    if not picture.has_transparency_data:
        plain = picture.convert(final)
        return _scaled(plain, scale), range_of_picture(plain, _BYTE.name, scale)
    opaque = Image.new("RGBA", picture.size, "white")
    opaque.alpha_composite(_scaled(picture.convert("RGBA"), scale))
    shown = opaque.convert(final)
    return shown, in_stored_values(range_of_picture(shown, _BYTE.name, _LEVELS), scale)


def _scaled(picture: Image.Image, scale: Scale) -> Image.Image:
    """A picture whose colours, but not its alpha, are scaled."""
    if scale.is_identity:
        return picture
    table, unchanged = levels(np.arange(MAX_LEVEL + 1), scale).tolist(), list(range(MAX_LEVEL + 1))
    return picture.point([level for band in picture.getbands() for level in (unchanged if band == "A" else table)])


def _from_values(stored: Stored, max_pixels: int, intensity: Intensity) -> PlainImage:
    values = stored.values
    _check_array(values, max_pixels)
    scale = intensity.scale(values.dtype, stored.largest)
    if scale is None:
        raise UnreadableError(f"it holds numbers of type {FLOATS}; set ingest.white to the number that is white")
    shown = levels(values[..., 0] if values.shape[2:] == (1,) else values, scale)
    picture = Image.fromarray(MAX_LEVEL - shown if stored.inverted else shown)
    if stored.alpha is not None:
        picture.putalpha(Image.fromarray(stored.alpha))
    flat, seen = _flatten(picture, _LEVELS)
    found = range_of_arrays(values[np.newaxis], scale, kind_of(values.dtype, stored.largest))
    if picture.has_transparency_data:
        stored_seen = in_stored_values(seen, scale)
        found = found._replace(darkest=stored_seen.darkest, brightest=stored_seen.brightest, bright=seen.bright)
    return PlainImage(flat, found)


def _check_array(array: np.ndarray, max_pixels: int) -> None:
    got = f"{array.dtype}{list(array.shape)}"
    if array.dtype.kind not in "biuf":
        raise UnreadableError(f"expected numbers as pixels, got {got}")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 2, 3, 4)):
        raise UnreadableError(f"expected one image, [h, w] or [h, w, 1 to 4], got {got}; many are a source npz:PATH")
    check_size(array.shape[1], array.shape[0], max_pixels)
    if not np.isfinite(array).all():
        raise UnreadableError("it contains NaN or infinite values")


def levels(values: np.ndarray, scale: Scale) -> np.ndarray:
    """Stored values → levels uint8, black = 0 and white = 255; what is darker or brighter is clipped."""
    if scale.is_identity and values.dtype == _BYTE:
        return values
    scaled = (values.astype(np.float64) - scale.black) * scale.levels_per_unit
    return np.rint(scaled).clip(0, MAX_LEVEL).astype(np.uint8)
