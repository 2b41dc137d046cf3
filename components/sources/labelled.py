"""An image of a folder with what is known about it. Importable without heavy packages."""

from typing import NamedTuple


class Labelled(NamedTuple):
    """An image, by the parts of its path, with the name of its class: empty if unknown, None without classes."""

    parts: tuple[str, ...]
    split: str
    label: str | None = None
    group: str | None = None
