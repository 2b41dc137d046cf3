"""CSV and TSV files as spreadsheets write them, in UTF-8 or UTF-16. Importable without heavy packages."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.printable import printable
from vaeflow.models.errors import InputError

_DELIMITERS = ",;\t|"
_DELIMITER_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # the first line of some files of Excel
_START = 10_000  # bytes
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is the beginning of this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Line(NamedTuple):
    """The cells of a line, and its number in the file."""

    number: int
    cells: list[str]


def read_table(path: Path) -> list[Line]:
    """All lines that are not empty, the first of which is the header.

    Raises `InputError` if the file cannot be read, is in another encoding, has unbalanced quotation marks, or is empty.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"ingest.labels: {path} cannot be read: {error.strerror}") from error
    lines = [line for line in _parse(_decode(data, path), path) if any(map(str.strip, line.cells))]
    if not lines:
        raise InputError(f"ingest.labels: {path} is empty")
    return lines


def first_lines(path: Path) -> list[list[str]]:
    """The cells of the lines at the beginning of a file, which may be anything; empty lines are left out."""
    try:
        with path.open("rb") as file:
            data = file.read(_START)
        text = data.decode(_encoding(data), "replace")
        lines = [line.cells for line in _lines(*_without_delimiter_line(text), strict=False)]
    except (OSError, csv.Error):
        return []
    return [cells for cells in lines if any(map(str.strip, cells))]


def _encoding(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:2]:
        return "utf-16-be" if data[0] == 0 else "utf-16-le"
    return "utf-8"


def _decode(data: bytes, path: Path) -> str:
    encoding = _encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, f"0x{data[error.start]:02X}"
        other = ", as in Windows-1252 or Latin-1" if encoding == "utf-8" else ""
        raise InputError(
            f"ingest.labels: {path}, line {line}: expected text in {encoding.removesuffix('-sig').upper()}, got the "
            f"byte {byte}{other}; save the file as UTF-8, in Excel as 'CSV UTF-8 (Comma delimited)'"
        ) from error


def _parse(text: str, path: Path) -> list[Line]:
    found: list[Line] = []
    delimiter, rest, skipped = _without_delimiter_line(text)
    try:
        found.extend(_lines(delimiter, rest, skipped, strict=True))
    except csv.Error as error:
        line = found[-1].number + 1 if found else 1
        if "field limit" in str(error):
            raise InputError(
                f"ingest.labels: {path}, line {line}: expected cells of at most {csv.field_size_limit():,} characters"
            ) from error
        raise InputError(
            f"ingest.labels: {path}, line {line}: expected cells separated by '{printable(delimiter)}', each without "
            "quotation marks or in a pair of them"
        ) from error
    return found


def _without_delimiter_line(text: str) -> tuple[str, str, int]:
    """The delimiter, the text without a first line that says it, and the number of lines left out."""
    first, _, rest = text.partition("\n")
    if said := _DELIMITER_LINE.fullmatch(first):
        return said[1], rest, 1
    return max(_DELIMITERS, key=first.count), text, 0


def _lines(delimiter: str, text: str, skipped: int, *, strict: bool) -> Iterator[Line]:
    after_spaces = delimiter != " "  # quotation marks may follow a comma and a space
    file = io.StringIO(text, newline="")
    reader = csv.reader(file, delimiter=delimiter, skipinitialspace=after_spaces, strict=strict)
    for cells in reader:
        yield Line(reader.line_num + skipped, cells)
