"""The columns of a table of labels, by their usual names. Importable without heavy packages."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.printable import printable
from vaeflow.components.sources.image_suffixes import is_image
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.components.sources.usual_names import Meaning, meaning_of
from vaeflow.models.errors import InputError

_PICTURES = ("image", "img", "picture", "photo")  # which in an archive are the pixels, and in a table are files
_SHOWN = 200  # characters of a header
_LABEL = "label"
_SEVERAL = re.compile(r"\S[\s,;|]+\S")  # cells in one


class Columns(NamedTuple):
    """Positions of the columns of a table."""

    file: int
    label: int
    split: int | None
    group: int | None


def has_columns(header: Sequence[str]) -> bool:
    """Whether the first line of a table, which may be anything, names a column of files and one of labels."""
    return bool(_files(_meanings(header)) and _labels(_meanings(header)))


def find_columns(header: Sequence[str], path: Path) -> Columns:
    """The columns of the table, those with preferred names if there are several.

    Raises `InputError` if there is no column of files or of labels, or if it may be one of several.
    """
    meanings = _meanings(header)
    files, labels = _files(meanings), _labels(meanings)
    if not files or not labels:
        raise InputError(f"ingest.labels: {path}: {expected_columns(header)}")
    label = [position for position in labels if meanings[position].stem == _LABEL] or labels
    file = [position for position in files if meanings[position].stem == meanings[files[0]].stem]
    for what, possible in (("label", label), ("file", file)):
        if len(possible) > 1:
            several = ", ".join(printable(header[position].strip()) for position in possible)
            raise InputError(
                f"ingest.labels: {path}: the {what}s may be in the columns {several}; rename one of them to {what}"
            )
    return Columns(file[0], label[0], _first(meanings, "splits"), _first(meanings, "groups"))


def expected_columns(header: Sequence[str]) -> str:
    """What is wrong with a table that lacks a column, and what to do."""
    line = printable(", ".join(cell.strip() for cell in header))[:_SHOWN]
    expected = "expected columns file and label, and optionally split and group"
    if not line:
        return f"{expected}, got an empty file"
    if line.startswith("#"):
        return f"{expected}; remove the lines before the one that names them, such as {line}"
    if len(header) == 1 and _SEVERAL.search(line):
        return f"{expected}, with commas between them and no quotation marks around a whole line, got {line}"
    if any(is_image(cell.strip()) or cell.strip().isdigit() for cell in header):
        return f"{expected}; add a first line that names them, before {line}"
    if file_columns(header):
        return f"{expected}, got {line}; name the column of class names label, and add it if there is none"
    return f"{expected}, got {line}"


def file_columns(header: Sequence[str]) -> list[int]:
    """Positions of the columns that may name files, those with preferred names first."""
    return _files(_meanings(header))


def _meanings(header: Sequence[str]) -> list[Meaning]:
    return [meaning_of(cell) for cell in header]


def _files(meanings: Sequence[Meaning]) -> list[int]:
    """The columns of files, those with preferred names first: a file, then an image, then an id."""
    found = [n for n, m in enumerate(meanings) if m.split == UNSPLIT and (m.role == "ids" or m.stem in _PICTURES)]
    return sorted(found, key=lambda position: _preference(meanings[position]))


def _preference(meaning: Meaning) -> tuple[bool, bool, int]:
    names_file = "file" in meaning.stem or "path" in meaning.stem
    return (not names_file, meaning.role == "ids" and not names_file, meaning.rank)


def _labels(meanings: Sequence[Meaning]) -> list[int]:
    coordinates = any(meaning.stem == "x" for meaning in meanings)
    return [
        position
        for position, meaning in enumerate(meanings)
        if (meaning.split, meaning.role) == (UNSPLIT, "labels") and not (coordinates and meaning.stem == "y")
    ]


def _first(meanings: Sequence[Meaning], role: str) -> int | None:
    found = [position for position, meaning in enumerate(meanings) if (meaning.split, meaning.role) == (UNSPLIT, role)]
    return min(found, key=lambda position: meanings[position].rank, default=None)


def unused(header: Sequence[str], columns: Columns) -> list[str]:
    """Names of the columns that are not read."""
    return [printable(cell.strip()) for n, cell in enumerate(header) if n not in columns and cell.strip()]
