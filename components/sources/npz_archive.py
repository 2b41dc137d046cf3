"""Opening of a NumPy archive (.npz), or of a file `.npy` with one array, with errors in plain words.

Everything is read once, to find damage before any work, but nothing is kept: values are read when they are needed.
"""

import io
import logging
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from vaeflow.components.images.npy import MAGIC, read_header
from vaeflow.components.printable import printable
from vaeflow.components.sources.formats import advice
from vaeflow.components.sources.npz_array import Place, StoredArray, damage_named
from vaeflow.models.errors import InputError

_SUFFIX = ".npy"
_ONLY = "images"  # the name of the array of a file .npy
_ENCRYPTED = 1  # bit of the flags of a member
_CHUNK = 2**20
_LOCAL_HEADER, _LENGTHS = 30, 26  # size of what precedes the name of a member, and where the lengths are in it

log = logging.getLogger(__name__)


def open_arrays(path: Path) -> dict[str, StoredArray]:
    """All arrays by name. Raises `InputError` if the file does not exist, is no archive, or is damaged."""
    if not path.is_file():
        raise InputError(f"ingest.source: {path} {'is not a file' if path.exists() else 'does not exist'}")
    with _readable(path):
        if _begins(path, MAGIC):
            with damage_named(Place(path, 0)), path.open("rb") as file:
                return {_ONLY: _open(file, Place(path, 0))}
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(_SUFFIX)]
            _report_others(path, archive, len(members))
            _refuse_repeated(path, members)
            return {info.filename.removesuffix(_SUFFIX): _open_member(path, archive, info) for info in members}


def _refuse_repeated(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    name, times = Counter(info.filename for info in members).most_common(1)[0] if members else ("", 1)
    if times > 1:
        raise InputError(
            f"ingest.source: {path} contains {times} arrays with the name {printable(name)}; save it again"
        )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Name the file in all errors of reading it."""
    try:
        yield
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"ingest.source: {path} cannot be read: {error.strerror or 'it is damaged'}") from error
    except Exception as error:  # zipfile raises various errors for damaged lists of members
        cut_off = path.suffix.lower() == ".npz" and _begins(path, b"PK")
        problem = "is damaged: its list of arrays is broken" if cut_off else f"is not a NumPy archive: {advice(path)}"
        raise InputError(f"ingest.source: {path} {problem}") from error


def _begins(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _open_member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> StoredArray:
    place = Place(path, member=info.filename)
    if info.flag_bits & _ENCRYPTED:
        raise InputError(f"{place.named} is encrypted; save the archive without a password")
    with damage_named(place), archive.open(info) as file:
        stored = info.compress_type == zipfile.ZIP_STORED
        return _open(file, place._replace(offset=_offset(path, info)) if stored else place)


def _open(file: IO[bytes], place: Place) -> StoredArray:
    """The array in the file, which is read to its end: zipfile compares the checksum there."""
    first = io.BytesIO(file.read(_CHUNK))  # NumPy allows headers of 10,000 bytes
    header, start = read_header(first), first.tell()
    rest = len(first.read()) + sum(map(len, iter(lambda: file.read(_CHUNK), b"")))
    if not header.dtype.hasobject:
        header.require(rest)
    return StoredArray(place, header, start)


def _offset(path: Path, info: zipfile.ZipInfo) -> int:
    """Where the data of a member begin, after its header, its name and its extra fields."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        lengths = file.read(_LOCAL_HEADER)[_LENGTHS:]
    return info.header_offset + _LOCAL_HEADER + sum(struct.unpack("<2H", lengths))


def _report_others(path: Path, archive: zipfile.ZipFile, num_arrays: int) -> None:
    """Log the members that are no arrays. Raises `InputError` if none is an array."""
    others = [info.filename for info in archive.infolist() if not info.filename.endswith(_SUFFIX)]
    if others and not num_arrays:
        raise InputError(f"ingest.source: {path} contains no arrays, but {others[0]!r}: {advice(path)}")
    if others:
        log.info("%s contains %r, which is not an array (.npy) and is ignored", path, ", ".join(others[:3]))
