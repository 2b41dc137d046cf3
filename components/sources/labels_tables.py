"""Where the tables of labels of a folder are. Importable without heavy packages."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from vaeflow.components.file_kinds import kind_at
from vaeflow.components.images.splits import split_named
from vaeflow.components.printable import printable
from vaeflow.components.sources.config import NO_LABELS
from vaeflow.components.sources.folder_files import TABLE_SUFFIXES, File, Listing
from vaeflow.components.sources.image_suffixes import without_suffix
from vaeflow.components.sources.labels_columns import expected_columns, file_columns, has_columns
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.components.sources.tables import first_lines
from vaeflow.components.sources.usual_names import meaning_of
from vaeflow.models.errors import InputError

_TABLES_ELSEWHERE = frozenset({".xls", ".xlsx", ".ods", ".parquet", ".gz", ".zip"})
_TEXTS = frozenset({"", ".txt", ".json", ".jsonl", ".xml", ".yaml", ".yml"})
_METADATA = ("metadata.jsonl", "metadata.parquet")  # of an image folder of Hugging Face
_CLASS_BESIDE = ".cls"  # a file with the class of the image of the same name, in an unpacked WebDataset
_ANNOTATIONS = ("annotation", "groundtruth")
_LINES_SEARCHED = 20

log = logging.getLogger(__name__)

Parts = tuple[str, ...]


class Table(NamedTuple):
    """A table of labels, the folder that its files are relative to, and the split of its images if its name says so."""

    path: Path
    folder: Parts = ()
    split: str | None = None


def find_tables(listing: Listing, named: str | None) -> list[Table]:
    """The table `named`, or else the only one with columns of files and labels; one in each split may have this name.

    Several tables beside each other are used together if each is named as another split. Raises `InputError` if the
    named file does not exist, or if the choice is ambiguous.
    """
    _refuse_what_is_no_file(listing.images, named)
    if named is not None:
        if (listing.root / named).is_file():
            return [Table(listing.root / named)]
        found = [file for file in listing.others if file.path.name == named]
    else:
        found = [file for file in listing.others if file.is_table and has_columns(_header(file))]
    tables = _at_the_root(found) or _in_splits(found)
    if named is not None and not tables:
        raise InputError(
            f"ingest.labels: expected the name of a CSV or TSV file in {listing.root}, or {NO_LABELS} for no labels, "
            f"got {named!r}"
        )
    if found and not tables:
        raise InputError(
            f"ingest.labels: {_path(found[0])} may contain the labels; set it to {_path(found[0])}, or to {NO_LABELS}"
        )
    return tables


def _refuse_what_is_no_file(found: Sequence[File], named: str | None) -> None:
    """Refuse a lost link, a FIFO or a device in the place of a table, which the quarantine would count as an image."""
    for file in found:
        *folders, name = file.parts
        in_place = not folders or (len(folders) == 1 and split_named(folders[0]))
        if in_place and not file.is_file and file.path.suffix.lower() in TABLE_SUFFIXES and named in (None, name):
            raise InputError(
                f"ingest.labels: {_path(file)} is {kind_at(file.path)}, not a file; set it to {NO_LABELS} if this is "
                "not meant to contain the labels"
            )


def _at_the_root(found: Sequence[File]) -> list[Table]:
    top = [file for file in found if len(file.parts) == 1]
    splits = {split: file for file in top if (split := _split(file)) != UNSPLIT}
    if len(top) <= 1:
        return [Table(file.path) for file in top]
    if len(splits) == len(top):
        return [Table(file.path, (), split) for split, file in splits.items()]
    raise InputError(f"ingest.labels: name one of several files: {', '.join(map(_path, top))}")


def _in_splits(found: Sequence[File]) -> list[Table]:
    within = [file for file in found if len(file.parts) == 2 and split_named(file.parts[0])]
    if len({file.parts[0] for file in within}) < len(within):
        raise InputError(f"ingest.labels: expected one table in each split, got {', '.join(map(_path, within))}")
    return [Table(file.path, file.parts[:1]) for file in within]


def report_unused(listing: Listing, tables: Iterable[Table], *, labelled: bool) -> None:
    """Log the tables that are not used.

    Raises `InputError` if nothing else labels the images and a file may be meant as their labels, by its name or
    because it names images.
    """
    used = {table.path for table in tables}
    images = {file.path.name for file in listing.images}
    for file in _without_repetition(listing.others):
        if file.path in used:
            continue
        meant = _may_be_labels(file, images)
        if meant and not labelled:
            raise InputError(
                f"ingest.labels: {_path(file)}: {meant}; set it to {NO_LABELS} if this file does not contain the labels"
            )
        if meant or file.is_table:
            level = logging.WARNING if meant else logging.INFO
            log.log(level, "%s is not used: %s", _path(file), meant or expected_columns(_header(file)))


def _without_repetition(files: Sequence[File]) -> list[File]:
    """The files, but only the first of those that each have the class of one image."""
    beside = [file for file in files if file.path.suffix.lower() == _CLASS_BESIDE]
    return [file for file in files if file.path.suffix.lower() != _CLASS_BESIDE] + beside[:1]


def _may_be_labels(file: File, images: set[str]) -> str:
    """Why the labels may be in a file that has no columns of them, and what is wrong with it; empty if they are not."""
    if file.is_table:
        meant = _is_named_as_labels(file) or _names_images(first_lines(file.path)[:_LINES_SEARCHED], images)
        return expected_columns(_header(file)) if meant else ""
    if _is_unread(file):
        return "it may contain the labels, which are read from CSV or TSV files or from the names of folders"
    return ""


def _is_unread(file: File) -> bool:
    """Whether labels are usually in a file of this name and format, which is not read."""
    suffix = file.path.suffix.lower()
    named = suffix in _TABLES_ELSEWHERE | _TEXTS and _is_named_as_labels(file)
    return named or file.path.name.lower() in _METADATA or suffix == _CLASS_BESIDE


def may_label(file: File) -> bool:
    """Whether a file may be a table of labels, or be refused because labels may be in it. It is not opened."""
    return file.is_table or _is_unread(file)


def _names_images(lines: Sequence[list[str]], images: set[str]) -> bool:
    """Whether any cell is the name of an image, or one in a column of files is such a name without its suffix."""
    if any(_name(cell) in images for cells in lines for cell in cells):
        return True
    stems = {without_suffix(name) for name in images}
    columns = file_columns(next(iter(lines), []))
    return any(_name(cells[n]) in stems for cells in lines[1:] for n in columns if n < len(cells))


def _name(cell: str) -> str:
    return PureWindowsPath(cell.strip()).name  # with either separator


def _is_named_as_labels(file: File) -> bool:
    """Whether it is labels.*, train_labels.* or annotations.*; classes.* often contains only names of classes."""
    stem = meaning_of(file.path.name.partition(".")[0]).stem
    return stem in ("label", "imagelabel", "target", *_ANNOTATIONS)


def _header(file: File) -> list[str]:
    return next(iter(first_lines(file.path)), [])


def _split(file: File) -> str:
    return meaning_of(file.path.stem).split


def _path(file: File) -> str:
    return printable("/".join(file.parts))
