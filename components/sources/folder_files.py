"""The files of a folder: images, by their names, and what is no file. Importable without heavy packages."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.sources.formats import advice
from vaeflow.models.errors import InputError

FLOAT_SUFFIXES = frozenset({".tif", ".tiff", ".npy", ".pfm"})
"""Suffixes of images whose pixels may be floats."""

READ_SUFFIXES = FLOAT_SUFFIXES.union(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm", ".pnm", ".pbm", ".jp2", ".avif"}
)
_IMAGE_SUFFIXES = READ_SUFFIXES.union(
    {".heic", ".heif", ".jxl", ".jxr", ".j2k", ".jpx", ".svg", ".svgz", ".ico", ".icns", ".tga", ".pcx", ".psd"},
    {".psb", ".xcf", ".exr", ".hdr", ".dds", ".dcm", ".dicom", ".nii", ".fits", ".fit", ".eps", ".emf", ".wmf"},
    {".raw", ".dng", ".cr2", ".cr3", ".crw", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"},
)
"""Suffixes of images; those that are not read are quarantined."""


class ImageFile(NamedTuple):
    """A file with the name of an image, or something that is neither file nor folder, such as a FIFO or a lost link."""

    path: Path
    parts: tuple[str, ...]
    """Parts of the path relative to the root of the source."""
    size: int
    mtime_ns: int
    is_file: bool


class Listing(NamedTuple):
    """The images of a folder, sorted by path, and the number of other files by suffix."""

    images: list[ImageFile]
    others: Counter[str]


def list_files(root: Path) -> Listing:
    """All files in `root`. Links are followed; hidden files and folders are skipped. No file is opened.

    Raises `InputError` if `root` is not a readable folder.
    """
    if not root.is_dir():
        raise InputError(f"ingest.source: {root} {_no_folder(root)}")
    try:
        found = sorted(_walk(root, (), {root.resolve()}), key=lambda file: file.parts)
    except PermissionError as error:
        raise InputError(f"ingest.source: {error.filename} cannot be read: {error.strerror}") from error
    images = [file for file in found if not file.is_file or _suffix(file) in _IMAGE_SUFFIXES]
    return Listing(images, Counter(map(_suffix, found)) - Counter(map(_suffix, images)))


def may_have_floats(file: ImageFile) -> bool:
    """Whether the pixels of the file may be floats, by its name."""
    return _suffix(file) in FLOAT_SUFFIXES


def _no_folder(path: Path) -> str:
    return f"is not a folder: {advice(path)}" if path.exists() else "does not exist"


def _suffix(file: ImageFile) -> str:
    return file.path.suffix.lower()


def _walk(folder: Path, parts: tuple[str, ...], ancestors: set[Path]) -> Iterator[ImageFile]:
    for entry in os.scandir(folder):
        if entry.name.startswith("."):
            continue
        path, within, status = Path(entry.path), (*parts, _text(entry.name)), _status(entry)
        if not stat.S_ISDIR(status.st_mode):
            yield ImageFile(path, within, status.st_size, status.st_mtime_ns, stat.S_ISREG(status.st_mode))
        elif (real := path.resolve()) not in ancestors:  # a link to a parent folder would be followed forever
            yield from _walk(path, within, ancestors | {real})


def _status(entry: "os.DirEntry[str]") -> os.stat_result:
    try:
        return entry.stat()
    except OSError:  # a link to nothing or to itself
        return entry.stat(follow_symlinks=False)


def _text(name: str) -> str:
    """A file name as text, with escapes for invalid bytes, so that it can be part of an id."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
