"""NumPy's format `.npy`, read without trust in its header: no object is unpickled, no size is believed."""

import io
import math
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy

MAGIC = b"\x93NUMPY"


class BrokenArrayError(Exception):
    """An array cannot be read; the message is the reason."""


class Header(NamedTuple):
    """What the header of a file announces; `in_columns` is NumPy's `fortran_order`."""

    shape: tuple[int, ...]
    in_columns: bool
    dtype: np.dtype

    @property
    def num_bytes(self) -> int:
        """The size of the values."""
        return math.prod(self.shape) * self.dtype.itemsize

    def require(self, rest: int) -> None:
        """Raise `BrokenArrayError` unless the values can take up the `rest` of the file, in bytes."""
        if self.num_bytes != rest or min(self.shape, default=0) < 0:
            raise BrokenArrayError(f"its header announces {self.num_bytes} bytes of data, and {rest} follow")


def read_array(data: bytes) -> np.ndarray:
    """The array in the content of a file. Of Python objects, only the type is kept, in an array [].

    Raises `BrokenArrayError` if the header is damaged, or if it announces another number of bytes than follow.
    """
    file = io.BytesIO(data)
    header = read_header(file)
    if header.dtype.hasobject:
        return np.array(None, dtype=object)
    header.require(len(data) - file.tell())
    return from_bytes(memoryview(data)[file.tell() :], header)


def from_bytes(values: bytes | memoryview, header: Header) -> np.ndarray:
    """The array of these values."""
    flat = np.frombuffer(values, header.dtype) if header.num_bytes else np.zeros(math.prod(header.shape), header.dtype)
    return flat.reshape(header.shape, order="F" if header.in_columns else "C")


def read_header(file: IO[bytes]) -> Header:
    """Read a header, and leave the file at the first value. Raises `BrokenArrayError` if it is damaged."""
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        return Header(*read(file))
    except Exception as error:  # NumPy evaluates the header, and does not document all that can go wrong
        raise BrokenArrayError("its header is damaged") from error
