"""Reading of single examples from many files, of which only some are kept open."""

from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

_OPEN_FILES = 64


class Spools:
    """Files in a folder, to be read in any order; a context manager that closes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()

    def __enter__(self) -> "Spools":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def read(self, name: str, offset: int, length: int) -> bytes:
        """The bytes at this place of a file."""
        file = self._opened(name)
        file.seek(offset)
        return file.read(length)

    def _opened(self, name: str) -> BinaryIO:
        if name in self._open:
            self._open.move_to_end(name)
        else:
            if len(self._open) == _OPEN_FILES:
                self._open.popitem(last=False)[1].close()
            self._open[name] = (self._folder / name).open("rb", buffering=0)
        return self._open[name]
