"""The files of an artifact as they were when it was published, which show later whether it is damaged."""

import hashlib
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from vaeflow.models.errors import InputError


class FileRecord(NamedTuple):
    """Size of a file in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


Manifest = Mapping[str, FileRecord]
"""The files of a folder, by their paths relative to it, with slashes."""


def take_manifest(folder: Path) -> Manifest:
    """Read every file in the folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): FileRecord(path.stat().st_size, _sha256(path)) for path in files}


def damage(folder: Path, manifest: Manifest, *, digests: bool = False) -> str:
    """What is wrong with the first damaged file, or an empty string if every recorded file is as it was.

    Compares names and sizes, which takes milliseconds, and with `digests` also contents. Other files do not count.
    Raises `InputError` if the user has no permission to look.
    """
    for name, record in sorted(manifest.items()):
        if problem := _damage(folder / name, record, digests):
            return f"{name} {problem}"
    return ""


def _damage(file: Path, record: FileRecord, digests: bool) -> str:
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            return "is not a file"
        if found.st_size != record.size:
            return f"has {found.st_size:,} bytes, expected {record.size:,}"
        if digests and _sha256(file) != record.sha256:
            return "has the expected size but another content"
    except (FileNotFoundError, NotADirectoryError):
        return "is missing"
    except PermissionError as error:  # not damage: it may be readable for the user who made it
        raise InputError(f"{file}: cannot be read: {error.strerror}.") from None
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def _sha256(file: Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
