"""Reading of the arrays of a NumPy archive (.npz), or of the only one of a file `.npy`, with errors in plain words."""

import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from vaeflow.components.images.npy import MAGIC, BrokenArrayError, read_array
from vaeflow.components.sources.formats import advice
from vaeflow.models.errors import InputError

_SUFFIX = ".npy"
_ONLY = "images"  # the name of the array of a file .npy
_ENCRYPTED = 1  # bit of the flags of a member

log = logging.getLogger(__name__)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """All arrays by name. Raises `InputError` if the file does not exist, is no archive, or is damaged."""
    if not path.is_file():
        raise InputError(f"ingest.source: {path} {'is not a file' if path.exists() else 'does not exist'}")
    with _readable(path):
        if _is_array(path):
            return {_ONLY: _read_file(path)}
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(_SUFFIX)]
            _report_others(path, archive, len(members))
            return {info.filename.removesuffix(_SUFFIX): _read_member(path, archive, info) for info in members}


def read_one(path: Path, name: str) -> np.ndarray:
    """The array of this name. Raises `InputError` like `read_arrays`."""
    with _readable(path):
        if _is_array(path):
            return _read_file(path)
        with zipfile.ZipFile(path) as archive:
            return _read_member(path, archive, archive.getinfo(name + _SUFFIX))


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


def _is_array(path: Path) -> bool:
    return _begins(path, MAGIC)


def _begins(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _read_file(path: Path) -> np.ndarray:
    try:
        return read_array(path.read_bytes())
    except (BrokenArrayError, MemoryError) as error:
        raise InputError(f"ingest.source: {path} is damaged: {_reason(error)}") from error


def _read_member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    where = f"ingest.source: {info.filename} in {path}"
    if info.flag_bits & _ENCRYPTED:
        raise InputError(f"{where} is encrypted; save the archive without a password")
    try:
        return read_array(archive.read(info))
    except NotImplementedError as error:
        raise InputError(
            f"{where} is compressed by a method that is not supported; save it with numpy.savez"
        ) from error
    except Exception as error:  # the decompressors have no common base class for their errors
        raise InputError(f"{where} is damaged: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    match error:
        case BrokenArrayError():
            return str(error)
        case MemoryError():
            return "it announces more data than fit into memory"
        case _:
            return "its data cannot be decompressed, or do not have the recorded checksum"


def _report_others(path: Path, archive: zipfile.ZipFile, num_arrays: int) -> None:
    """Log the members that are no arrays. Raises `InputError` if none is an array."""
    others = [info.filename for info in archive.infolist() if not info.filename.endswith(_SUFFIX)]
    if others and not num_arrays:
        raise InputError(f"ingest.source: {path} contains no arrays, but {others[0]!r}: {advice(path)}")
    if others:
        log.info("%s contains %r, which is not an array (.npy) and is ignored", path, ", ".join(others[:3]))
