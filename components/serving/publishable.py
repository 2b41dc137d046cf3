"""Whether models can be published in a folder, checked before any work is spent on them."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaeflow.components.file_kinds import FILE, FOLDER, kind_at
from vaeflow.components.printable import printable
from vaeflow.components.serving.names import INCOMING, LOCK, config_file, served_names
from vaeflow.models.errors import InputError, RunError

LONGEST_FILE = 200
"""More characters than any path of a file within a served model has."""
LONGEST_SHOWN = 200
WAY_OUT = "Move it away, or publish to another folder."


def check_publishable(root: Path, name: str) -> None:
    """Check that models called `name` can be published in `root`, and leave nothing there.

    Raises `InputError` if something is in the way or cannot be written, and `RunError` if the disk is full.
    """
    base_paths = [root / served for served in served_names(name).values()]
    with publishing_to(root):
        for folder in (root, *base_paths):
            _check_folder(folder)
            kind_at(folder / ("x" * LONGEST_FILE))
        for file in (config_file(root, name), root / LOCK):
            kind = "a link" if file.is_symlink() else kind_at(file)
            if kind not in ("", FILE):
                raise InputError(f"Cannot publish to {_shown(file)}: expected a file, got {kind}. {WAY_OUT}")


def check_outside(root: Path, runs: Path) -> None:
    """Check that the folder to publish in is not the folder of all runs, and not inside it.

    Raises `InputError` if it is: what is there belongs to the runs, and is removed with them.
    """
    if Path(os.path.realpath(root)).is_relative_to(os.path.realpath(runs)):
        raise InputError(
            f"Cannot publish to {_shown(root)}: expected a folder outside {_shown(runs)}, which holds the runs."
        )


@contextmanager
def publishing_to(root: Path) -> Iterator[None]:
    """Convert errors of the system, with the file or folder that caused them.

    Raises `RunError` if the disk is full, and `InputError` for any other error.
    """
    try:
        yield
    except OSError as error:
        kind = RunError if error.errno == errno.ENOSPC else InputError
        cause = error.filename2 or error.filename or root
        where = str(cause) if Path(cause).is_relative_to(root) else f"{root}: {cause}"
        raise kind(f"Cannot publish to {_shown(where)}: {error.strerror or error}.") from error


def _check_folder(folder: Path) -> None:
    """Check that a folder can be written, or else created."""
    missing, place = [], folder
    while not (kind := kind_at(place)):
        missing.append(place.name)
        place = place.absolute().parent
    if kind != FOLDER:
        raise InputError(f"Cannot publish to {_shown(place)}: expected a folder, got {kind}. {WAY_OUT}")
    try:
        tempfile.TemporaryDirectory(prefix=INCOMING, dir=place).cleanup()  # permissions alone do not tell
    except OSError as error:  # of which the file is the temporary one
        raise OSError(error.errno, error.strerror, str(folder)) from error
    for name in missing:  # of which one may be too long
        kind_at(place / name)


def _shown(path: str | Path) -> str:
    """A path on one line, of which the end is left out if it is long."""
    text = printable(str(path))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"
