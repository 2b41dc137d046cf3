"""What was found while a part was made, beside its rows: kept in the metadata of its file."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vaeflow.components.images.ranges import Range, merge_by, origin, range_of_fields
from vaeflow.components.new_images.reading import Batch

NOTES = "vaeflow"


@dataclass
class Notes:
    """Images that cannot be read, with the reasons; ids of files of which only the first frame or page is read; and
    the range of the stored values of each origin.
    """

    unreadable: list[dict[str, str]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Note what was found in a batch."""
        self._add([image._asdict() for image in batch.unreadable], batch.cut, batch.ranges)

    def _add(self, unreadable: Iterable[dict[str, str]], cut: Iterable[str], ranges: Iterable[Range]) -> None:
        self.unreadable += unreadable
        self.cut += cut
        self.ranges = [*merge_by(origin, [*self.ranges, *ranges]).values()]

    def record(self) -> dict[str, Any]:
        """The notes as values of JSON."""
        return vars(self)


def read_notes(parts: Iterable[Path]) -> Notes:
    """The notes of all parts."""
    notes = Notes()
    for part in parts:
        found = json.loads(pq.read_metadata(part).metadata[NOTES.encode()])
        notes._add(found["unreadable"], found["cut"], starmap(range_of_fields, found["ranges"]))
    return notes


def write_quarantine(unreadable: Sequence[dict[str, str]], file: Path) -> None:
    """List the images that cannot be read, as lines of JSON, or remove an earlier list if there are none."""
    file.unlink(missing_ok=True)
    if unreadable:
        file.write_text("".join(json.dumps(image) + "\n" for image in unreadable), encoding="utf-8")
