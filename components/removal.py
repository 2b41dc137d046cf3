"""Removal of whatever is at a path."""

import shutil
from pathlib import Path


def remove(path: Path) -> None:
    """Remove a folder with all that is in it, a file, or a link but not what it leads to; nothing if it is missing."""
    try:
        if is_real_folder(path):
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:  # of which the file is the name of something in the folder
        raise OSError(error.errno, error.strerror, str(path)) from error


def is_real_folder(path: Path) -> bool:
    """Whether there is a folder, rather than a link to one."""
    return path.is_dir() and not path.is_symlink()
