"""Small PCollections as files of JSON lines, through which a pipeline on any runner returns results to its caller."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apache_beam as beam


def write_lines(items: beam.PCollection, name: str, path: Path) -> None:
    """Write the items, sorted. The file is written even if there are none."""
    # As a side input, because a combination into a list has so many transforms that building them takes longer; as
    # text, because Beam pickles and measures nested items piece by piece.
    lines = items | f"Encode {name}" >> beam.Map(json.dumps)
    once = items.pipeline | f"Begin {name}" >> beam.Impulse()
    _ = once | f"Write {name}" >> beam.Map(_write, beam.pvalue.AsIter(lines), path)


def read_lines(path: Path) -> list[Any]:
    """Read the items of a file that `write_lines` wrote."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def take_lines(path: Path) -> list[Any]:
    """Read the items, and remove the file."""
    items = read_lines(path)
    path.unlink()
    return items


def _write(_: bytes, lines: Iterable[str], path: Path) -> None:
    path.write_text("".join(sorted(line + "\n" for line in lines)), encoding="utf-8")
