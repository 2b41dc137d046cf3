"""Paths as users give them: on this machine, also relative to a home folder."""

import re
from pathlib import Path


def expanded(path: str) -> Path:
    """The path with the home folder for `~` or `~user`.

    Raises `ValueError` if there is no such user, or if it is the URL of something that may be elsewhere.
    """
    if re.match("[A-Za-z][A-Za-z0-9+.-]*://", path):
        raise ValueError(f"expected a local path, got a URL, {path!r}: mount or copy what is there, and give its path")
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError(f"{path.partition('/')[0]} is no home folder: no such user, in {path!r}") from None
