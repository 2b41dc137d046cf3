"""What to do with a file that is given as a source but is none. Importable without heavy packages."""

import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

_TO_ARRAYS = "save its images as an array with numpy.savez, and set ingest.source to npz:PATH"
_UNPACK = "unpack it, and set ingest.source to folder:PATH"
_ITS_FOLDER = "name it with the suffix of its format, such as .png, and set ingest.source to its folder, folder:PATH"
_IDX = f"set ingest.source to tfds:mnist if it is MNIST; else read it with numpy.frombuffer, and {_TO_ARRAYS}"
_STL10 = (
    "set ingest.source to tfds:stl10; or read it with numpy.fromfile, reshape(-1, 3, 96, 96), transpose(0, 3, 2, 1)"
)
_CIFAR = "set ingest.source to tfds:cifar10 or tfds:cifar100; or open it with pickle"


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
    _Format(
        "a pickle", f"open it where it was made; {_TO_ARRAYS}", (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
    ),
    _Format("an IDX file", _IDX, (b"\0\0\x08\x01", b"\0\0\x08\x02", b"\0\0\x08\x03", b"\0\0\x08\x04")),
    _Format("a tar archive", _UNPACK, (b"ustar",), at=257),
    _Format("an archive", _UNPACK, (b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")),
    _Format("an image", _ITS_FOLDER, (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")),
    _Format("an image", _ITS_FOLDER, (b"WEBP",), at=8),
    _Format("an image", _ITS_FOLDER, (b"ftypavif", b"jP  "), at=4),
)
_ZIP, _GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
_CIFAR_KEYS = (b"batch_label", b"fine_labels", b"coarse_labels")
_STL10_NAMES, _STL10_IMAGE = ("train_X.bin", "test_X.bin", "unlabeled_X.bin"), 96 * 96 * 3
_CIFAR_BINARY, _CIFAR_RECORD = ("data_batch_", "test_batch"), 32 * 32 * 3 + 1
_AN_IMAGE = f"it is an image: {_ITS_FOLDER}"
_HEADER = 1000
NUMPY_SUFFIXES = (".npz", ".npy")


def advice(path: Path) -> str:
    """What a path that is no folder is, and how to read it. It never opens a FIFO or a device."""
    try:
        if not path.is_file():
            return "it is neither a file nor a folder"
        if not path.stat().st_size:
            return "it is empty"
        return recognised(path) or "expected a folder of images or a NumPy archive (.npz, .npy)"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"


def recognised(path: Path) -> str:
    """What a file is, by its first bytes, its name and its size, and how to read it; empty if it is nothing known."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if header.startswith(_ZIP):
        return _zip(path, header)
    if header.startswith(b"\x80") and any(key in header for key in _CIFAR_KEYS):
        return f"it is a batch of CIFAR, a pickle: {_CIFAR}; {_TO_ARRAYS}"
    if path.name in _STL10_NAMES and path.stat().st_size % _STL10_IMAGE == 0:
        return f"it is a binary file of STL-10: {_STL10}; {_TO_ARRAYS}"
    if path.name.startswith(_CIFAR_BINARY) and path.suffix == ".bin" and path.stat().st_size % _CIFAR_RECORD == 0:
        return f"it is a binary file of CIFAR-10: set ingest.source to tfds:cifar10; or {_TO_ARRAYS}"
    if path.suffix.lower() in (".csv", ".tsv"):
        return (
            f"it is a table: if it names images, set ingest.source to their folder; if it contains pixels, {_TO_ARRAYS}"
        )
    return _by_magic(header)


def is_image_inside(path: Path) -> bool:
    """Whether a file is an image by its first bytes, in one of the most common formats."""
    try:
        return recognised(path) == _AN_IMAGE
    except OSError:
        return False


def _by_magic(header: bytes) -> str:
    if header.startswith(_GZIP):
        return _by_magic(_unpacked(header)) or f"it is a gzip archive: {_UNPACK}"
    for name, action, magic, at in _FORMATS:
        if header[at:].startswith(magic):
            return f"it is {name}: {action}"
    return ""


def _unpacked(header: bytes) -> bytes:
    """The beginning of the content of a gzip archive; empty if it is damaged."""
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(header)
    except zlib.error:
        return b""


def _zip(path: Path, header: bytes) -> str:
    """What a ZIP archive contains, by its list of members or, if that is damaged, by its beginning."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # zipfile raises various errors for damaged lists of members
        names = [header[30 : 30 + int.from_bytes(header[26:28], "little")].decode("latin-1")]
    if any(name.endswith(".npy") for name in names):
        return f"set ingest.source to npz:{path}"
    if any(name.endswith("data.pkl") for name in names):
        return f"it is a PyTorch file: open it with torch.load; {_TO_ARRAYS}"
    if {"[Content_Types].xml", "content.xml"} & set(names):
        return "it is a document of an office program: save the images in it as files of their own"
    return f"it is a ZIP archive: {_UNPACK}"
