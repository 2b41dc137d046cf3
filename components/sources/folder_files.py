"""The files of a folder: images by their names, others, and what is no file. Importable without heavy packages."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.images.splits import split_named
from vaeflow.components.printable import printable
from vaeflow.components.sources.config import NO_LABELS
from vaeflow.components.sources.formats import advice
from vaeflow.components.sources.image_suffixes import is_image
from vaeflow.models.errors import InputError

TABLE_SUFFIXES = (".csv", ".tsv")
_OF_SYSTEMS = frozenset(
    {"__macosx", "@eadir", "#recycle", "#snapshot", "$recycle.bin", "system volume information", "lost+found"}
)
"""Folders that systems add, with previews, deleted files and metadata of the others; in lower case."""


class File(NamedTuple):
    """A file, or something that is neither file nor folder, such as a FIFO or a lost link."""

    path: Path
    parts: tuple[str, ...]
    """Parts of the path relative to the root of the source."""
    size: int
    mtime_ns: int
    is_file: bool

    @property
    def is_table(self) -> bool:
        """Whether it is a CSV or TSV file, by its name."""
        return self.is_file and self.path.suffix.lower() in TABLE_SUFFIXES


class Listing(NamedTuple):
    """The files of a folder, sorted by path: those named as images, with all that is no file, and the others."""

    root: Path
    images: list[File]
    others: list[File]


def list_source(where: str, labels: str | None, class_depth: int | None) -> Listing:
    """The files of a source `folder:where`; the arguments are those of `IngestConfig`.

    If a single folder contains all the rest of the source, as in many unpacked archives, this is the root. Raises
    `InputError` if `where` is not a readable folder.
    """
    listing = list_files(Path(where).expanduser())
    named = labels not in (None, NO_LABELS) and (listing.root / str(labels)).is_file()
    while not named and class_depth is None and (name := _wrapper(listing)):
        listing = Listing(listing.root / name, _below(name, listing.images), _below(name, listing.others))
    return listing


def _wrapper(listing: Listing) -> str | None:
    """The folder that contains all images and tables, if it contains folders with all images, or a table, in turn."""
    images, tables = listing.images, [file for file in listing.others if file.is_table]
    tops = {file.parts[:1] if len(file.parts) > 1 else () for file in (*images, *tables)}
    if len(tops) != 1 or () in tops:
        return None
    ((name,),) = tops
    nested = all(len(file.parts) > 2 for file in images) or any(len(file.parts) == 2 for file in tables)
    return name if nested and split_named(name) is None else None


def _below(name: str, files: Sequence[File]) -> list[File]:
    """The files with their paths relative to this folder, also those outside it, which may be meant as labels."""
    return [
        file._replace(parts=file.parts[1:] if len(file.parts) > 1 and file.parts[0] == name else ("..", *file.parts))
        for file in files
    ]


def list_files(root: Path) -> Listing:
    """All files in `root`. Links are followed; hidden files and folders, and those that systems add, are skipped.

    No file is opened. Raises `InputError` if `root` is not a readable folder.
    """
    if not root.is_dir():
        raise InputError(f"ingest.source: {root} {_no_folder(root)}")
    try:
        found = sorted(_walk(root, (), {root.resolve()}), key=lambda file: file.parts)
    except PermissionError as error:
        raise InputError(f"ingest.source: {error.filename} cannot be read: {error.strerror}") from error
    images = [file for file in found if not file.is_file or is_image(file.path.name)]
    return Listing(root, images, [file for file in found if file.is_file and not is_image(file.path.name)])


def _no_folder(path: Path) -> str:
    return f"is not a folder: {advice(path)}" if path.exists() else "does not exist"


def _walk(folder: Path, parts: tuple[str, ...], ancestors: set[Path]) -> Iterator[File]:
    with os.scandir(folder) as found:
        entries = [each for each in found if not (each.name.startswith(".") or each.name.casefold() in _OF_SYSTEMS)]
    names: dict[str, str] = {}
    for entry in entries:
        _refuse_equal_text(folder, names.setdefault(printable(_text(entry.name)), entry.name), entry.name)
        path, within, status = Path(entry.path), (*parts, _text(entry.name)), _status(entry)
        if not stat.S_ISDIR(status.st_mode):
            yield File(path, within, status.st_size, status.st_mtime_ns, stat.S_ISREG(status.st_mode))
        elif (real := path.resolve()) not in ancestors:  # a link to a parent folder would be followed forever
            yield from _walk(path, within, ancestors | {real})


def _refuse_equal_text(folder: Path, one: str, other: str) -> None:
    """Refuse names that differ, but are the same when characters that cannot be shown are escaped, as in ids."""
    if one != other:
        raise InputError(
            f"ingest.source: {printable(_text(str(folder)))} contains {os.fsencode(one)!r} and {os.fsencode(other)!r}, "
            f"which are both shown as {printable(_text(one))}; rename one of them"
        )


def _status(entry: "os.DirEntry[str]") -> os.stat_result:
    try:
        return entry.stat()
    except OSError:  # a link to nothing or to itself
        return entry.stat(follow_symlinks=False)


def _text(name: str) -> str:
    """A file name as text, with escapes for invalid bytes, so that it can be part of an id."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
