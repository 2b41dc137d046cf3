"""Home folders in paths of configurations."""

from pathlib import Path


def expanded(path: str) -> Path:
    """The path with the home folder for `~` or `~user`. Raises `ValueError` if there is no such user."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError(f"{path.partition('/')[0]} is no home folder: no such user, in {path!r}") from None
