"""What was found while a part was made, beside its rows: kept in the metadata of its file."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vaeflow.components.images.intensity import Intensity, Scale
from vaeflow.components.new_images.reading import Batch
from vaeflow.models.errors import InputError

NOTES = "vaeflow"


@dataclass
class Notes:
    """Images that cannot be read, with the reasons; ids of files of which only the first frame or page is read; and
    the scale and the largest stored value of each type of pixels.
    """

    unreadable: list[dict[str, str]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    brightest: dict[str, tuple[Scale, float]] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Note what was found in a batch."""
        self.unreadable += [image._asdict() for image in batch.unreadable]
        self.cut += batch.cut
        for found in batch.ranges:
            self._add_value(found.kind, found.scale, found.high)

    def _add_value(self, kind: str, scale: Scale, value: float) -> None:
        _, highest = self.brightest.get(kind, (scale, value))
        self.brightest[kind] = scale, max(value, highest)

    def record(self) -> dict[str, Any]:
        """The notes as values of JSON."""
        return vars(self)

    def check_unit(self, intensity: Intensity) -> None:
        """Raise `InputError` if values are far above white and all that the model was trained with."""
        for kind, (scale, highest) in self.brightest.items():
            if highest > intensity.limit(scale):
                raise InputError(
                    f"SOURCE: expected values from {scale.black:g} (black) to {scale.white:g} (white), as in training, "
                    f"got {highest:g} in pixels of the type {kind}; set ingest.white to the value of white."
                )


def read_notes(parts: Iterable[Path]) -> Notes:
    """The notes of all parts."""
    notes = Notes()
    for part in parts:
        found = json.loads(pq.read_metadata(part).metadata[NOTES.encode()])
        notes.unreadable += found["unreadable"]
        notes.cut += found["cut"]
        for kind, (scale, highest) in found["brightest"].items():
            notes._add_value(kind, Scale(*scale), highest)
    return notes


def write_quarantine(unreadable: Sequence[dict[str, str]], file: Path) -> None:
    """List the images that cannot be read, as lines of JSON, or remove an earlier list if there are none."""
    file.unlink(missing_ok=True)
    if unreadable:
        file.write_text("".join(json.dumps(image) + "\n" for image in unreadable), encoding="utf-8")
