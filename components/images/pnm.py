"""PGM and PPM files with another largest value than 255, which Pillow would scale to 8 or 16 bits.

https://netpbm.sourceforge.net/doc/pgm.html
"""

import math
import re

import numpy as np

from vaeflow.components.images.stored import Stored
from vaeflow.components.images.unreadable import UnreadableError, check_size

_NUMBER = rb"(?:\s|#[^\r\n]*[\r\n])+(\d{1,10})"
_HEADER = re.compile(rb"P([2356])" + 3 * _NUMBER + rb"\s")
_COMMENT = re.compile(rb"#[^\r\n]*")
_BYTE, _MAX, _MAX_DIGITS = 255, 65535, 10
_PLAIN, _COLOURS = (2, 3), (3, 6)


def read_map(data: bytes, max_pixels: int) -> Stored | None:
    """The values of the first image in the file; None for other formats, and for a largest value of 255.

    Raises `UnreadableError` if the file is damaged, or if there are no pixels or more than `max_pixels`.
    """
    header = _HEADER.match(data)
    kind, width, height, largest = map(int, header.groups()) if header else (0, 0, 0, 0)
    if header is None or largest == _BYTE or not 0 < largest <= _MAX:
        return None
    check_size(width, height, max_pixels)
    shape = (height, width, 3) if kind in _COLOURS else (height, width)
    wide, narrow = (np.uint16, np.uint8) if kind in _PLAIN else (">u2", np.uint8)
    read = _read_plain if kind in _PLAIN else _read_binary
    values = read(data[header.end() :], math.prod(shape), np.dtype(wide if largest > _BYTE else narrow))
    if (brightest := values.max()) > largest:
        raise UnreadableError(f"it has values up to {brightest}, and its header announces at most {largest}")
    return Stored(values.reshape(shape), None if largest == _MAX else largest)


def _read_binary(data: bytes, count: int, dtype: np.dtype) -> np.ndarray:
    if len(data) < count * dtype.itemsize:
        raise UnreadableError(f"its header announces {count} values, and {len(data) // dtype.itemsize} follow")
    return np.frombuffer(data, dtype, count)


def _read_plain(data: bytes, count: int, dtype: np.dtype) -> np.ndarray:
    words = _COMMENT.sub(b" ", data).split(None, count)[:count]
    if len(words) < count:
        raise UnreadableError(f"its header announces {count} values, and {len(words)} follow")
    if not all(word.isdigit() and len(word) <= _MAX_DIGITS for word in words):
        raise UnreadableError("it has values that are not numbers")
    values = np.array(words).astype(np.int64)
    return values.clip(0, np.iinfo(dtype).max).astype(dtype) if values.max() <= _MAX else values
