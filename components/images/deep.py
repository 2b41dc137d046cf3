"""PNG and TIFF files of 16 bits. Of colours, Pillow decodes only the high bytes: here it also decodes the low ones."""

import io
import sys
from typing import Any

import numpy as np
from PIL import Image, ImageFile, ImageOps

from vaeflow.components.images.intensity import MAX_LEVEL
from vaeflow.components.images.stored import Stored

_NATIVE = {"little": "16L", "big": "16B"}[sys.byteorder]
_SWAPPED = {"16B": "16L", "16L": "16B"}
_WORD, _BYTE = 2**16 - 1, 2**8


def raw_mode(picture: ImageFile.ImageFile) -> str:
    """How Pillow is going to decode a picture that it has opened: `RGB;16B` for 16-bit colours in big-endian order."""
    args = picture.tile[0].args if picture.tile else ""
    return str(args[0] if isinstance(args, tuple) else args)


def has_deep_colours(picture: ImageFile.ImageFile) -> bool:
    """Whether an opened picture has 16-bit channels of which Pillow decodes the high bytes."""
    channels, _, order = raw_mode(picture).partition(";")
    return channels in ("LA", "RGB", "RGBA", "RGBX") and order.startswith("16")


def read_deep(data: bytes) -> Stored:
    """The values uint16 of a PNG or TIFF file with 16-bit colours, and its opacity."""
    high, low = (Image.open(io.BytesIO(data)) for _ in range(2))
    if raw_mode(high).startswith("LA"):
        pairs = np.asarray(ImageOps.exif_transpose(_with_raw_mode(high, "RGBA"))).astype(np.uint16)
        values = pairs[..., ::2] * _BYTE + pairs[..., 1::2]
    else:
        channels, _, order = raw_mode(low).partition(";")
        _with_raw_mode(low, f"{channels};{_SWAPPED[order.replace('16N', _NATIVE)]}")
        most, least = (np.asarray(ImageOps.exif_transpose(half)).astype(np.uint16) for half in (high, low))
        values = most * _BYTE + least
    return _separate(values, high.info.get("transparency"))


def read_grey(picture: ImageFile.ImageFile) -> Stored:
    """The values of an opened grey PNG of 16 bits, or of floats in PFM."""
    values = np.asarray(ImageOps.exif_transpose(picture))
    values = values.astype(np.uint16) if picture.mode == "I" else values
    transparent = picture.info.get("transparency")
    if transparent is None:
        return Stored(values)
    return Stored(values, alpha=np.where(values == transparent, 0, MAX_LEVEL).astype(np.uint8))


def _with_raw_mode(picture: ImageFile.ImageFile, mode: str) -> ImageFile.ImageFile:
    def args(tile: ImageFile._Tile) -> str | tuple[Any, ...]:
        return (mode, *tile.args[1:]) if isinstance(tile.args, tuple) else mode

    picture.tile = [tile._replace(args=args(tile)) for tile in picture.tile]
    return picture


def _separate(values: np.ndarray, transparent: tuple[int, ...] | None) -> Stored:
    """Colours and opacity; `transparent` is a colour without any."""
    if values.shape[-1] in (2, 4):
        opacity = np.rint(values[..., -1] * (MAX_LEVEL / _WORD)).astype(np.uint8)
        colours = values[..., :-1]
        return Stored(colours[..., 0] if colours.shape[-1] == 1 else colours, alpha=opacity)
    if transparent is None:
        return Stored(values)
    return Stored(values, alpha=np.where((values == transparent).all(axis=-1), 0, MAX_LEVEL).astype(np.uint8))
