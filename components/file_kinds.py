"""What is at a path: a file, a folder, or something else, which is never opened."""

import errno
import os
import stat
from pathlib import Path

FILE, FOLDER = "a file", "a folder"
_KINDS = {
    stat.S_IFREG: FILE,
    stat.S_IFDIR: FOLDER,
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def kind_of(status: os.stat_result) -> str:
    """What the status of a path says: `FILE`, `FOLDER`, "a FIFO", "a socket" or "a device"."""
    return _KINDS[stat.S_IFMT(status.st_mode)]


def kind_at(path: Path) -> str:
    """What is at the path, or where a link leads: `FILE`, `FOLDER`, "a FIFO", "a link to nothing" ...

    Empty if there is nothing. Raises `OSError` if that cannot be known, for example without permission.
    """
    try:
        return kind_of(path.stat())
    except (FileNotFoundError, NotADirectoryError):
        return "a link to nothing" if path.is_symlink() else ""
    except ValueError:  # a null character, which no name has
        return ""
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "a link to itself"
        raise


def is_loop(folder: Path) -> bool:
    """Whether it is a link to a folder that contains it, which would be followed forever."""
    return os.path.realpath(folder) in map(os.path.realpath, folder.parents)


def read_file(path: Path) -> bytes:
    """The content of a file. A FIFO or a device in its place is not opened: it might never end.

    Raises `OSError` if there is no file, or if it cannot be read.
    """
    if (kind := kind_at(path)) not in ("", FILE):
        raise OSError(errno.EINVAL, f"expected {FILE}, got {kind}", str(path))
    return path.read_bytes()
