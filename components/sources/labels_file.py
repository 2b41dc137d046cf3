"""A CSV or TSV file with labels beside the images of a folder. Importable without heavy packages.

Its columns are `file`, `label` and optionally `split` and `group`, in any order and case; others are ignored. Files are
named relative to the folder, or by the end of their path if only one image has it.
"""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from vaeflow.components.images.splits import SPLITS, split_named
from vaeflow.models.errors import InputError

_SUFFIXES = (".csv", ".tsv")
_REQUIRED, _OPTIONAL = ("file", "label"), ("split", "group")
_COLUMNS = (*_REQUIRED, *_OPTIONAL)
_DELIMITERS = ",;\t"

Parts = tuple[str, ...]


class Row(NamedTuple):
    """A line of the file: the label, empty if it is not known, and split and group if there are such columns."""

    line: int
    file: str
    label: str
    split: str | None
    group: str | None


def find_labels_file(root: Path, named: str | None) -> Path | None:
    """The labels file: the one `named`, or else the only CSV or TSV file in `root` with a file and a label column.

    Raises `InputError` if the named file does not exist, or if there are several and none is named.
    """
    if named is not None:
        if not (root / named).is_file():
            raise InputError(
                f"ingest.labels: expected the name of a CSV or TSV file in {root}, or none for no labels, got {named!r}"
            )
        return root / named
    tables = sorted(path for path in root.iterdir() if path.suffix.lower() in _SUFFIXES and path.is_file())
    found = [path for path in tables if _has_labels(path)]
    if len(found) > 1:
        raise InputError(f"ingest.labels: name one of several files: {', '.join(path.name for path in found)}")
    return found[0] if found else None


def read_rows(path: Path) -> list[Row]:
    """All rows. Raises `InputError` if the file is no table with the columns file and label, or a row is incomplete."""
    header, *lines = _lines(path)
    columns = _columns(header.cells, path)
    return [_row(line, columns, len(header.cells), path) for line in lines]


def match_rows(rows: Iterable[Row], images: Sequence[Parts], path: Path, root: Path) -> dict[Parts, Row]:
    """The row of each image that has one, by the parts of its path below `root`; images of rows may be missing.

    Raises `InputError` if a row names several images or a file outside the folder, if two rows name the same image, or
    if no row names an image that exists.
    """
    endings = _endings(images)
    matched: dict[Parts, Row] = {}
    for row in rows:
        parts = _inside(row, path, root)
        found = [parts] if parts in endings.get(parts, ()) else endings.get(parts, [parts])
        if len(found) > 1:
            raise InputError(
                f"{_at(path, row.line)}: expected the path of one image in {root}, got {row.file!r}, which "
                f"may be {'/'.join(found[0])} or {'/'.join(found[1])}"
            )
        other = matched.setdefault(found[0], row)
        if other is not row:
            raise InputError(f"{_at(path, row.line)}: {row.file!r} is already in line {other.line}")
    if not matched.keys() & set(images):
        raise InputError(f"ingest.labels: none of the files named in {path} is an image in {root}")
    return matched


class _Line(NamedTuple):
    number: int
    cells: list[str]


def _lines(path: Path) -> list[_Line]:
    """All lines that are not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=_delimiter(path), strict=True)
            lines = [_Line(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"ingest.labels: {path} is not a CSV or TSV file in UTF-8: {error}") from error
    filled = [line for line in lines if any(map(str.strip, line.cells))]
    if not filled:
        raise InputError(f"ingest.labels: {path} is empty")
    return filled


def _delimiter(path: Path) -> str:
    """The delimiter that occurs most in the first line."""
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline(10_000)
    return max(_DELIMITERS, key=first.count)


def _has_labels(path: Path) -> bool:
    """Whether the first line of a file, which may be anything, names the two columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = next(csv.reader([file.readline(10_000)], delimiter=_delimiter(path)), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return set(_REQUIRED) <= {cell.strip().lower() for cell in cells}


def _columns(header: Sequence[str], path: Path) -> Mapping[str, int]:
    names = [name.strip().lower() for name in header]
    known = [name for name in names if name in _COLUMNS]
    if not set(_REQUIRED) <= set(known) or len(set(known)) < len(known):
        raise InputError(
            f"ingest.labels: expected one column each of {', '.join(_REQUIRED)}, and optionally "
            f"{', '.join(_OPTIONAL)}, in {path}, got {', '.join(header)}"
        )
    return {name: names.index(name) for name in known}


def _row(line: _Line, columns: Mapping[str, int], width: int, path: Path) -> Row:
    if len(line.cells) != width:
        raise InputError(f"{_at(path, line.number)}: expected {width} columns, got {len(line.cells)}")
    label = line.cells[columns["label"]]  # not stripped, so that names that differ in white space are noticed
    cells = {name: line.cells[position].strip() for name, position in columns.items()}
    if not cells["file"]:
        raise InputError(f"{_at(path, line.number)}: expected a file, got an empty cell")
    return Row(line.number, cells["file"], label, _split(cells, line, path), cells.get("group") or None)


def _split(cells: Mapping[str, str], line: _Line, path: Path) -> str | None:
    if "split" not in cells:
        return None
    split = split_named(cells["split"])
    if split is None:
        raise InputError(f"{_at(path, line.number)}: expected a split, {', '.join(SPLITS)}, got {cells['split']!r}")
    return split


def _inside(row: Row, path: Path, root: Path) -> Parts:
    written = row.file.replace("\\", "/")
    relative = os.path.relpath(written, root.absolute()) if written.startswith("/") else os.path.normpath(written)
    parts = PurePosixPath(relative).parts
    if not parts or parts[0] == "..":
        raise InputError(f"{_at(path, row.line)}: expected a file inside {root}, got {row.file!r}")
    return parts


def _endings(images: Iterable[Parts]) -> dict[Parts, list[Parts]]:
    """The images whose path ends with these parts."""
    endings: dict[Parts, list[Parts]] = {}
    for parts in images:
        for start in range(len(parts)):
            endings.setdefault(parts[start:], []).append(parts)
    return endings


def _at(path: Path, line: int) -> str:
    return f"ingest.labels: {path}, line {line}"
