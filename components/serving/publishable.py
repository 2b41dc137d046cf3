"""Whether models can be published in a folder, checked before any work is spent on them."""

import tempfile
from pathlib import Path

from vaeflow.components.file_kinds import FILE, FOLDER, kind_at
from vaeflow.components.serving.versions import INCOMING, LOCK, config_file, publishing_to, served_names
from vaeflow.models.errors import InputError

LONGEST_FILE = 200
"""More characters than any path of a file within a served model has."""


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
            if (kind := kind_at(file)) not in ("", FILE):
                raise InputError(f"Cannot publish to {file}: expected a file, got {kind}.")


def _check_folder(folder: Path) -> None:
    """Check that a folder can be written, or else created."""
    missing = []
    while not (kind := kind_at(folder)):
        missing.append(folder.name)
        folder = folder.absolute().parent
    if kind != FOLDER:
        raise InputError(f"Cannot publish to {folder}: expected a folder, got {kind}.")
    with tempfile.TemporaryDirectory(prefix=INCOMING, dir=folder):  # permissions alone do not tell
        pass
    for name in missing:  # of which one may be too long
        kind_at(folder / name)
