"""TIFF files whose values are not 8-bit levels. What Pillow would decode wrongly is corrected, or refused by name."""

import re

import numpy as np
from PIL import ImageOps, TiffImagePlugin

from vaeflow.components.images.deep import has_deep_colours, raw_mode, read_deep
from vaeflow.components.images.stored import Stored
from vaeflow.components.images.unreadable import UnreadableError

_BITS, _PHOTOMETRIC, _DESCRIPTION, _SAMPLES, _PLANAR, _EXTRA, _FORMAT = 258, 262, 270, 277, 284, 338, 339
# A large stack is one image for TIFF, with the number of images in its description, and the others behind it.
_STACK_OF_IMAGEJ = re.compile(r"ImageJ=.*^images=([2-9]|[1-9][0-9]+)\b", re.DOTALL | re.MULTILINE)
_WHITE_IS_ZERO, _CMYK, _YCBCR, _SEPARATE_PLANES, _PREMULTIPLIED = 0, 5, 6, 2, 1
_KINDS = {1: "u", 2: "i"}
_INSTEAD = "save it as a PNG of 16 bits, or as an array (.npy)"


def read_tiff(picture: TiffImagePlugin.TiffImageFile, data: bytes) -> Stored | None:
    """The values of an opened file; None if they are 8-bit levels, which Pillow decodes.

    Raises `UnreadableError` if Pillow would decode them wrongly, or if there are several images of one size.
    """
    _check_colours(picture)
    _check_planes(picture)
    _check_pages(picture)
    if has_deep_colours(picture):
        return read_deep(data)
    signed = _first(picture, _FORMAT, 1) == 2
    if picture.mode in ("L", "RGB") and signed:
        return Stored(np.asarray(ImageOps.exif_transpose(picture)).view(np.int8))
    return _read_numbers(picture) if picture.mode == "F" or picture.mode.startswith("I") else None


def _read_numbers(picture: TiffImagePlugin.TiffImageFile) -> Stored:
    """Grey values in the type of the file, which Pillow widens to 32 bits in mode I."""
    # libtiff returns values in the byte order of this machine, and Pillow swaps them all the same.
    swap = picture.tile[0].codec_name == "libtiff" and raw_mode(picture) in ("I;16BS", "I;32BS", "F;32BF")
    bits = int(_first(picture, _BITS, 1))
    values = np.asarray(ImageOps.exif_transpose(picture))
    if picture.mode == "I":
        values = values.astype(f"{_KINDS.get(_first(picture, _FORMAT, 1), 'i')}{bits // 8}")
    inverted = _first(picture, _PHOTOMETRIC, 1) == _WHITE_IS_ZERO
    return Stored(values.byteswap() if swap else values, 2**bits - 1 if bits == 12 else None, inverted=inverted)


def _check_colours(picture: TiffImagePlugin.TiffImageFile) -> None:
    """Raise `UnreadableError` for colours that Pillow cannot convert, reads past their end or cuts to 8 bits."""
    photometric = _first(picture, _PHOTOMETRIC, 1)
    if picture.mode == "LAB":
        raise UnreadableError("it is a TIFF with colours in CIELAB; save it in RGB")
    if photometric == _YCBCR and picture.tile and picture.tile[0].codec_name == "raw":
        raise UnreadableError(
            "it is a TIFF with uncompressed colours in YCbCr; save it in RGB, or with JPEG compression"
        )
    if photometric == _CMYK and _is_deep(picture):
        raise UnreadableError("it is a TIFF with CMYK colours of 16 bits; save it in RGB, or with 8 bits")


def _is_deep(picture: TiffImagePlugin.TiffImageFile) -> bool:
    return int(max(picture.tag_v2.get(_BITS, (1,)))) > 8


def _check_planes(picture: TiffImagePlugin.TiffImageFile) -> None:
    """Raise `UnreadableError` for planes of separate channels, and for opacity, that Pillow decodes wrongly."""
    deep = _is_deep(picture)
    samples = _first(picture, _SAMPLES, 1)
    plain = samples in (1, 3) or _first(picture, _PHOTOMETRIC, 1) == _CMYK
    if _first(picture, _PLANAR, 1) == _SEPARATE_PLANES and samples > 1 and (deep or not plain):
        raise UnreadableError(f"it is a TIFF with separate planes of 16 bits or with opacity; {_INSTEAD}")
    if deep and _first(picture, _EXTRA, 0) == _PREMULTIPLIED:
        raise UnreadableError(f"it is a TIFF with 16-bit colours multiplied by the opacity; {_INSTEAD}")


def _check_pages(picture: TiffImagePlugin.TiffImageFile) -> None:
    """Raise `UnreadableError` for a stack of images. Smaller ones, such as previews, are ignored."""
    if _STACK_OF_IMAGEJ.match(str(picture.tag_v2.get(_DESCRIPTION, ""))) or _has_pages_of_its_size(picture):
        raise UnreadableError(
            "it is a TIFF with several images of one size; save each as a file, or all as an array [n, h, w], "
            "which is a source npz:PATH"
        )


def _has_pages_of_its_size(picture: TiffImagePlugin.TiffImageFile) -> bool:
    size, count = picture.size, 1
    while True:
        try:
            picture.seek(count)
        except EOFError:
            break
        count += 1
        if picture.size == size:
            return True
    picture.seek(0)
    return False


def _first(picture: TiffImagePlugin.TiffImageFile, tag: int, default: int) -> int:
    value = picture.tag_v2.get(tag, default)
    return int(value[0] if isinstance(value, tuple) else value)
