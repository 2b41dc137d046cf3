"""The files of an artifact as they were when it was published, which show later whether it is damaged."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.file_kinds import FILE, FOLDER, is_loop, kind_at
from vaeflow.models.errors import InputError
from vaeflow.pipeline.values import shortened

LONGEST_PATH = 400


class FileRecord(NamedTuple):
    """Size of a file in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


Manifest = Mapping[str, FileRecord]
"""The files of a folder, by their paths relative to it, with slashes."""


def take_manifest(folder: Path) -> Manifest:
    """Read every file in the folder, also those behind links to folders, which are read like others."""
    return {
        path.relative_to(folder).as_posix(): FileRecord(path.stat().st_size, _sha256(path))
        for path in _files_in(folder)
    }


def _files_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        kind = kind_at(path)
        if kind == FILE:
            yield path
        elif kind == FOLDER and not is_loop(path):
            yield from _files_in(path)


def visible_kind(path: Path) -> str:
    """As `kind_at`, but raises `InputError` if that cannot be known, for example without permission to look."""
    try:
        return kind_at(path)
    except OSError as error:
        raise InputError(f"{shortened(str(path), LONGEST_PATH)}: cannot be read: {error.strerror}.") from None


def damage(folder: Path, manifest: Manifest, *, digests: bool = False) -> str:
    """What is wrong with the folder or its first damaged file; empty if every recorded file is as it was.

    Compares names and sizes, which takes milliseconds, and with `digests` also contents. Other files do not count.
    Raises `InputError` if the user has no permission to read a file.
    """
    if (kind := visible_kind(folder)) != FOLDER:
        return f"its folder is {kind or 'missing'}"
    for name, record in sorted(manifest.items()):
        if problem := _damage(folder / name, record, digests):
            return f"{name} {problem}"
    return ""


def _damage(file: Path, record: FileRecord, digests: bool) -> str:
    try:
        kind = kind_at(file)
        if kind != FILE:
            return f"is {kind}" if kind else "is missing"
        if (size := file.stat().st_size) != record.size:
            return f"has {size:,} bytes, expected {record.size:,}"
        with open(file, "rb") as stream:  # shows, even without `digests`, whether the user may read it
            if digests and hashlib.file_digest(stream, "sha256").hexdigest() != record.sha256:
                return "has the expected size but another content"
    except PermissionError as error:  # no damage: the user who made the file may have permission
        raise InputError(f"{file}: cannot be read: {error.strerror}.") from None
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def _sha256(file: Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
