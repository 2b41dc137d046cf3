"""What files of Python code say, known from earlier processes: to parse those of vaeflow takes a second."""

import hashlib
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vaeflow.components.complete_files import appearing
from vaeflow.pipeline import source_code
from vaeflow.pipeline.source_code import SourceCode

MOST = 10_000
"""Number of files above which all are forgotten, so that what is kept does not grow with every edit."""
_KNOWN = TypeAdapter(dict[str, SourceCode])


class KnownCode:
    """What was parsed, by the digest of the file's content, kept in a file that may be lost or damaged."""

    def __init__(self, file: Path | None):
        """Without a file, nothing is kept."""
        self.file = file
        self.known = self._load(file) if file else {}
        self.kept = len(self.known)

    @staticmethod
    def _load(file: Path) -> dict[str, SourceCode]:
        try:
            known = _KNOWN.validate_json(file.read_bytes())
        except (OSError, ValidationError):
            return {}
        return known if len(known) <= MOST else {}

    def read(self, path: Path) -> SourceCode:
        """What a file says, parsed if its content is new."""
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self.known:
            self.known[digest] = source_code.parse(content)
        return self.known[digest]

    def keep(self) -> None:
        """Keep what is new for later processes, if the file can be written."""
        if self.file is None or len(self.known) == self.kept:
            return
        self.kept = len(self.known)
        with suppress(OSError):
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with appearing(self.file) as file:
                file.write(_KNOWN.dump_json(dict(self.known)))  # other threads may add to it


@cache
def known_code() -> KnownCode:
    """What is kept in the user's folder for caches, apart for each version of Python and of the parser."""
    home = Path(os.path.expanduser("~"))
    folder = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    if not folder.is_absolute() or (home in folder.parents and not home.is_dir()):  # as in some containers
        return KnownCode(None)
    parser = hashlib.sha256(Path(source_code.__file__).read_bytes()).hexdigest()
    return KnownCode(folder / "vaeflow" / f"code-{sys.implementation.cache_tag}-{parser[:12]}.json")


@cache
def read_code(path: Path) -> SourceCode:
    """What a file of Python code says. A process reads a file once."""
    return known_code().read(path)
