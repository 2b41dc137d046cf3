"""Messages of failures: what happened, in one line, whichever library raised the exception."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from vaeflow.models.errors import InputError, RunError

LONGEST_MESSAGE = 400
DISK_FULL = ("No space left on device", "database or disk is full")
# What SQLite calls "disk I/O error" if there is no space for the index that processes share.
NO_SPACE_FOR_INDEX = "SQLITE_IOERR_SHMSIZE"


def one_line(error: BaseException) -> str:
    """The message of one of our errors, the file without permission, or the type and the reason of any other."""
    if isinstance(error, (InputError, RunError)):
        return str(error)
    if _is_disk_full(error):
        return "no space left on the disk."
    if isinstance(error, PermissionError) and error.filename:
        return f"{error.filename}: cannot be used: {error.strerror}."
    name = f"{type(error).__name__}: "
    return f"{name}{_reason(str(error)).removeprefix(name)}"[:LONGEST_MESSAGE]


def _reason(message: str) -> str:
    """The first line, or, if that only announces others, the last one, before TensorFlow names nodes of its graph."""
    lines = [line for line in map(str.strip, message.splitlines()) if line] or [""]
    before_nodes = list(takewhile(lambda line: not line.startswith("[["), lines))
    return before_nodes[-1] if lines[0].endswith(":") else lines[0]


def _is_disk_full(error: BaseException) -> bool:
    if getattr(error, "errno", None) == errno.ENOSPC or getattr(error, "sqlite_errorname", "") == NO_SPACE_FOR_INDEX:
        return True
    return any(text in str(error) for text in DISK_FULL)


@contextmanager
def writing_to(root: Path) -> Iterator[None]:
    """Convert errors of the system while it writes to `root`.

    Raises `RunError` if the disk is full, and `InputError` if the root cannot be written for another reason.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if _is_disk_full(error):
            raise RunError(f"No space left on the disk that holds {root}.") from error
        reason = getattr(error, "strerror", None) or error
        file = getattr(error, "filename", None)
        where = f": {file}" if file and Path(file) != root.absolute() else ""
        raise InputError(f"--root {root}: cannot be written: {reason}{where}.") from error
