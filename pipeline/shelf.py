"""Find and read the YAML files of recipes and studies: packaged ones by their names, those of users by their paths."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from vaeflow.components.closest import did_you_mean
from vaeflow.components.file_kinds import kind_at
from vaeflow.models.errors import InputError
from vaeflow.pipeline.recipe_changes import Settings
from vaeflow.pipeline.recipe_text import LONGEST_TEXT, parse
from vaeflow.pipeline.values import shortened, shown

SUFFIXES = (".yaml", ".yml")


class Shelf(NamedTuple):
    """A folder of packaged YAML files, which the command of the same name lists, and what one of them is called."""

    folder: str
    noun: str

    def packaged(self) -> dict[str, Traversable]:
        """The files that are packaged with vaeflow, by name."""
        found = (entry for entry in (files("vaeflow") / self.folder).iterdir() if entry.name.endswith(SUFFIXES))
        return {Path(entry.name).stem: entry for entry in sorted(found, key=lambda entry: entry.name)}

    def find(self, name: str) -> Traversable:
        """The packaged file of this name, or the file at this path. Raises `InputError` if there is neither."""
        known = self.packaged()
        if not name:  # which would be the current directory
            raise InputError(f"expected the name of a {self.noun}, or a YAML file, got an empty text.")
        if name in known:
            return known[name]
        path = Path(name)
        try:
            if path.is_file():
                return path
        except (OSError, ValueError) as error:  # a folder that may not be entered, a name that no file can have
            raise InputError(f"{shortened(name)}: cannot be read: {_reason(error)}.") from None
        if kind := kind_at(path):
            raise InputError(f"{shortened(name)}: expected a YAML file, but it is {kind}.")
        if path.suffix in SUFFIXES or len(path.parts) > 1:
            raise InputError(f"{shortened(name)}: expected a YAML file, but there is no such file.")
        raise InputError(
            f"{shortened(name)}: no such {self.noun}.{did_you_mean(name, known)} Expected a YAML file, or a name that "
            f"`vaeflow {self.folder}` lists."
        )


def read_settings(source: Traversable, name: str) -> Settings:
    """The content of a file, as plain data. Raises `InputError`, with `name`, if it is not YAML with sections."""
    settings = parse(_read(source), shortened(name))
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        got = "a list" if isinstance(settings, list) else shown(settings)
        raise InputError(f"{shortened(name)}: expected sections such as 'train:', got {got}.")
    return settings


def file_name(text: str) -> str:
    """The text as a part of the ids of runs, which are names of files: letters of any script, digits, and `._=-`."""
    return re.sub(r"[^\w.=-]+", "-", normalize("NFC", text))


def _read(source: Traversable) -> str:
    try:
        with source.open("rb") as file:
            return file.read(4 * LONGEST_TEXT + 1).decode()  # a character has at most 4 bytes
    except UnicodeDecodeError:
        raise InputError(f"{shortened(str(source))}: expected YAML in UTF-8, got bytes that are not UTF-8.") from None
    except OSError as error:
        raise InputError(f"{shortened(str(source))}: cannot be read: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
