"""What to do with a file that is given as a source but is none. Importable without heavy packages."""

from pathlib import Path
from typing import NamedTuple

_TO_ARRAYS = "save its images as an array with numpy.savez, and set ingest.source to npz:PATH"
_UNPACK = "unpack it, and set ingest.source to folder:PATH"
_ITS_FOLDER = "set ingest.source to its folder, folder:PATH"


class _Format(NamedTuple):
    name: str
    action: str
    magic: tuple[bytes, ...]
    at: int = 0


_FORMATS = (
    _Format("a NumPy array", "set ingest.source to npz:PATH", (b"\x93NUMPY",)),
    _Format("a MATLAB file", f"open it with scipy.io.loadmat, or with h5py if that fails; {_TO_ARRAYS}", (b"MATLAB",)),
    _Format("an HDF5 file", f"open it with h5py; {_TO_ARRAYS}", (b"\x89HDF\r\n",)),
    _Format("a Parquet file", f"open it with pyarrow; {_TO_ARRAYS}", (b"PAR1",)),
    _Format("a pickle", f"open it where it was made; {_TO_ARRAYS}", (b"\x80\x03", b"\x80\x04", b"\x80\x05")),
    _Format("a ZIP archive", _UNPACK, (b"PK\x03\x04", b"PK\x05\x06")),
    _Format("a tar archive", _UNPACK, (b"ustar",), at=257),
    _Format("a gzip archive", _UNPACK, (b"\x1f\x8b",)),
    _Format("an archive", _UNPACK, (b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")),
    _Format("an image", _ITS_FOLDER, (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")),
    _Format("an image", _ITS_FOLDER, (b"WEBP",), at=8),
    _Format("an image", _ITS_FOLDER, (b"ftypavif", b"jP  "), at=4),
)
_HEADER = 300
NUMPY_SUFFIXES = (".npz", ".npy")


def advice(path: Path) -> str:
    """What a path that is no folder is, by its first bytes, and how to read it. It never opens a FIFO or a device."""
    try:
        header = _read(path) if path.is_file() else None
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if header is None:
        return "it is neither a file nor a folder"
    if not header:
        return "it is empty"
    if path.suffix.lower() in NUMPY_SUFFIXES and header.startswith((b"PK", b"\x93NUMPY")):
        return f"set ingest.source to npz:{path}"
    for name, action, magic, at in _FORMATS:
        if header[at:].startswith(magic):
            return f"it is {name}: {action}"
    return "expected a folder of images or a NumPy archive (.npz, .npy)"


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEADER)
