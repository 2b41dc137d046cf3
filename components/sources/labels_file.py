"""The rows of tables of labels, and the images that they name. Importable without heavy packages.

A table has the columns `file` and `label`, and optionally `split` and `group`, under any of their usual names and in
any order. Files are named relative to the folder of the table, or by the end of their path if only one image has it,
with or without the suffix of the image.
"""

import logging
import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from vaeflow.components.images.splits import SPLITS, split_named
from vaeflow.components.printable import printable
from vaeflow.components.sources.image_suffixes import without_suffix
from vaeflow.components.sources.labels_columns import Columns, find_columns, unused
from vaeflow.components.sources.labels_tables import Parts, Table
from vaeflow.components.sources.missing import group_named
from vaeflow.components.sources.tables import Line, read_table
from vaeflow.models.errors import InputError

log = logging.getLogger(__name__)


class Row(NamedTuple):
    """A line of a table: the label, empty if it is not known, and split and group if there are any."""

    table: Path
    line: int
    file: str
    label: str
    split: str | None
    group: str | None

    @property
    def at(self) -> str:
        """The field, the table and the line, for messages."""
        return f"ingest.labels: {self.table}, line {self.line}"


def read_labels(root: Path, tables: Iterable[Table], images: Sequence[Parts]) -> dict[Parts, Row]:
    """The row of each image that has one, by the parts of its path below `root`; images of rows may be missing.

    Raises `InputError` if a file is no table of labels, if a row names several images or a file outside the folder, if
    two rows name the same image, or if no row of a table names an image that exists.
    """
    found: dict[Parts, Row] = {}
    for table in tables:
        below = [parts for parts in images if parts[: len(table.folder)] == table.folder]
        for parts, row in _match(_read_rows(table), below, table, root).items():
            _add(found, parts, row)
    return found


def _read_rows(table: Table) -> list[Row]:
    header, *lines = read_table(table.path)
    columns = find_columns(header.cells, table.path)
    if rest := unused(header.cells, columns):
        log.info("%s has columns that are not used: %s", table.path.name, ", ".join(rest))
    return [_row(line, columns, len(header.cells), table) for line in lines]


def _row(line: Line, columns: Columns, width: int, table: Table) -> Row:
    at = f"ingest.labels: {table.path}, line {line.number}"
    if len(line.cells) != width:
        raise InputError(f"{at}: expected {width} columns, got {len(line.cells)}")
    file = line.cells[columns.file].strip()
    if not file:
        raise InputError(f"{at}: expected a file, got an empty cell")
    split = table.split if columns.split is None else _split(line.cells[columns.split], at)
    group = None if columns.group is None else group_named(line.cells[columns.group])
    # The label is not stripped, so that names that differ in white space are noticed.
    return Row(table.path, line.number, file, line.cells[columns.label], split, group)


def _split(cell: str, at: str) -> str:
    split = split_named(cell)
    if split is None:
        raise InputError(f"{at}: expected a split, {', '.join(SPLITS)}, got '{printable(cell.strip())}'")
    return split


def _match(rows: Iterable[Row], images: Sequence[Parts], table: Table, root: Path) -> dict[Parts, Row]:
    """The rows of a table by the image that each names."""
    folder = root.joinpath(*table.folder)
    endings = _endings(images)
    matched: dict[Parts, Row] = {}
    for row in rows:
        written = _inside(row, folder)
        path = (*table.folder, *written)
        found = endings.get(_normalised(written), [path])
        found = [parts for parts in found if _normalised(parts) == _normalised(path)] or found
        if len(found) > 1:
            raise InputError(
                f"{row.at}: expected the path of one image in {folder}, got '{printable(row.file)}', which may be "
                f"{printable('/'.join(found[0]))} or {printable('/'.join(found[1]))}"
            )
        _add(matched, found[0], row)
    if not matched.keys() & set(images):
        raise InputError(
            f"ingest.labels: none of the files named in {table.path} is an image in {folder}: the first file is "
            f"{_first(row.file for row in matched.values())}, and the first image is "
            f"{_first('/'.join(parts) for parts in images)}"
        )
    return matched


def _first(names: Iterable[str]) -> str:
    return next((f"'{printable(name)}'" for name in names), "missing")


def _add(rows: dict[Parts, Row], parts: Parts, row: Row) -> None:
    other = rows.setdefault(parts, row)
    if other is not row:
        where = "" if other.table == row.table else f"{other.table}, "
        raise InputError(f"{row.at}: '{printable(row.file)}' is already in {where}line {other.line}")


def _inside(row: Row, folder: Path) -> Parts:
    written = row.file.replace("\\", "/")
    relative = os.path.relpath(written, folder.absolute()) if written.startswith("/") else os.path.normpath(written)
    parts = PurePosixPath(relative).parts
    if not parts or parts[0] == "..":
        raise InputError(f"{row.at}: expected a file inside {folder}, got '{printable(row.file)}'")
    return parts


def _endings(images: Iterable[Parts]) -> dict[Parts, list[Parts]]:
    """The images whose path ends with these parts, of which the last may lack the suffix."""
    endings: dict[Parts, list[Parts]] = {}
    for parts in images:
        whole = _normalised(parts)
        for names in {whole, (*whole[:-1], without_suffix(whole[-1]))}:
            for start in range(len(names)):
                endings.setdefault(names[start:], []).append(parts)
    return endings


def _normalised(parts: Parts) -> Parts:
    """The parts in the form of Unicode that most files have: some systems decompose accents in names."""
    return tuple(unicodedata.normalize("NFC", part) for part in parts)
