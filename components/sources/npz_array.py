"""An array in a NumPy archive of which only the parts that are needed are read."""

import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from vaeflow.components.images.npy import BrokenArrayError, Header, from_bytes
from vaeflow.models.errors import InputError

_open = threading.local()  # the compressed member that this thread reads


class Place(NamedTuple):
    """Where an array is: in a member of an archive, or in a file if `member` is empty.

    If `offset` is known, the array is stored as it is, and starts there in the file. Otherwise it is compressed.
    """

    path: Path
    offset: int | None = None
    member: str = ""

    @property
    def named(self) -> str:
        """How messages call it."""
        return f"ingest.source: {self.member} in {self.path}" if self.member else f"ingest.source: {self.path}"


@contextmanager
def damage_named(place: Place) -> Iterator[None]:
    """Raise `InputError` with the name of the array for whatever goes wrong while it is read."""
    try:
        yield
    except NotImplementedError as error:
        raise InputError(
            f"{place.named} is compressed by a method that is not supported; save it with numpy.savez"
        ) from error
    except Exception as error:  # the decompressors have no common base class for their errors
        raise InputError(f"{place.named} {_problem(error)}") from error


def _problem(error: Exception) -> str:
    match error:
        case BrokenArrayError():
            return f"is damaged: {error}"
        case MemoryError():
            return "is damaged: it announces more data than fit into memory"
        case OSError(strerror=str(reason)):
            return f"cannot be read: {reason}"
        case _:
            return "is damaged: its data cannot be decompressed, or do not have the recorded checksum"


@dataclass(frozen=True)
class StoredArray:
    """An array in a file: what its header says, and where in the file its values start."""

    place: Place
    header: Header
    start: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape; of Python objects, which are not read, that of a single one."""
        return () if self.dtype.hasobject else self.header.shape

    @property
    def dtype(self) -> np.dtype:
        """The type of the values."""
        return self.header.dtype

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return prod(self.shape)

    @property
    def compressed(self) -> bool:
        """Whether values can only be reached through all that precede them."""
        return self.place.offset is None

    def __len__(self) -> int:
        return self.shape[0]

    def read(self) -> np.ndarray:
        """The whole array."""
        if self.ndim:
            return self.rows(0, len(self))
        with _reading(self.place) as file:
            return self._part(file, 0, self.header)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """The slice [start:stop] of the first dimension."""
        part = self.header._replace(shape=(stop - start, *self.shape[1:]))
        with _reading(self.place) as file:
            if self.header.in_columns:
                return self._rows_of_columns(file, start, part)
            return self._part(file, start * prod(self.shape[1:]), part)

    def _rows_of_columns(self, file: IO[bytes], start: int, part: Header) -> np.ndarray:
        """The rows of an array in Fortran's order, where each column of the first dimension is in one piece."""
        count, *rest = part.shape
        column = Header((count,), in_columns=False, dtype=self.dtype)
        columns = [self._part(file, number * len(self) + start, column) for number in range(prod(rest))]
        return np.stack(columns, axis=-1).reshape(part.shape, order="F")

    def _part(self, file: IO[bytes], first: int, part: Header) -> np.ndarray:
        """The values that begin with the one at index `first` in the file."""
        file.seek((self.place.offset or 0) + self.start + first * self.dtype.itemsize)
        values = file.read(part.num_bytes)
        part.require(len(values))
        return from_bytes(values, part)


@contextmanager
def _reading(place: Place) -> Iterator[IO[bytes]]:
    """The file that contains the array, or the content of a compressed member as a file."""
    with damage_named(place):
        if place.offset is None:
            yield _inflated(place)
            return
        with place.path.open("rb") as file:
            yield file


def _inflated(place: Place) -> IO[bytes]:
    """The content of a compressed member, which can only be read forwards: each step back starts at the beginning.

    It is kept open until this thread reads another one, so that slices in order take one pass.
    """
    status = place.path.stat()
    key = place, status.st_ino, status.st_size, status.st_mtime_ns
    if getattr(_open, "key", None) != key:
        _open.file = zipfile.ZipFile(place.path).open(place.member)  # noqa: SIM115, it stays open
        _open.key = key
    file: IO[bytes] = _open.file
    return file
