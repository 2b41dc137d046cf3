"""NumPy's format `.npy`, read without trust in its header: no object is unpickled, no size is believed."""

import io
import math
from typing import IO

import numpy as np
from numpy.lib import format as npy

MAGIC = b"\x93NUMPY"


class BrokenArrayError(Exception):
    """An array cannot be read; the message is the reason."""


def read_array(data: bytes) -> np.ndarray:
    """The array in the content of a file. Of Python objects, only the type is kept, in an array [].

    Raises `BrokenArrayError` if the header is damaged, or if it announces another number of bytes than follow.
    """
    file = io.BytesIO(data)
    shape, in_columns, dtype = _read_header(file)
    if dtype.hasobject:
        return np.array(None, dtype=object)
    announced, rest = math.prod(shape) * dtype.itemsize, len(data) - file.tell()
    if announced != rest or min(shape, default=0) < 0:
        raise BrokenArrayError(f"its header announces {announced} bytes of data, and {rest} follow")
    values = np.frombuffer(data, dtype, offset=file.tell()) if announced else np.zeros(math.prod(shape), dtype)
    return values.reshape(shape, order="F" if in_columns else "C")


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    try:
        version = npy.read_magic(file)
        if version == (1, 0):
            return npy.read_array_header_1_0(file)
        return npy.read_array_header_2_0(file)
    except Exception as error:  # NumPy evaluates the header, and does not document all that can go wrong
        raise BrokenArrayError("its header is damaged") from error
