"""A plan for many more images on a cluster, computed from what was measured on one machine."""

from collections.abc import Mapping
from typing import Any, NamedTuple

IMAGES = 10**8
WORKERS = 50
EPOCHS = 10
MACHINE_HOUR, TERABYTE_MONTH = 0.10, 20.0  # dollars
IDENTITY_BYTES = 350
"""Memory of allocation per image, with the table of identities: measured with a million of identities."""
ARRIVAL_GB = 0.5
"""Gigabytes per second that one reader reads and checks."""

PARALLEL = ("ingest", "preprocess", "evaluate")
HOUR, GB, TB = 3600, 10**9, 10**12


class Planned(NamedTuple):
    """One step of the plan: machines, hours, terabytes written and dollars of machines."""

    step: str
    machines: int
    hours: float
    terabytes: float

    @property
    def dollars(self) -> float:
        """The cost of the machines."""
        return self.machines * self.hours * MACHINE_HOUR


def plan(measured: Mapping[str, Any], images: int) -> list[Planned]:
    """The plan for `IMAGES`, given the measurements of a set of `images`. Training streams its shards."""
    steps = measured["steps"]
    return [_planned(step, steps[step], images) for step in ("ingest", "preprocess", "train_streamed", "evaluate")]


def _planned(step: str, measured: Mapping[str, float], images: int) -> Planned:
    machines = WORKERS if step in PARALLEL else 1
    seconds = IMAGES * measured["seconds"] / images
    if step == "train_streamed":  # 8 of 10 images are trained on, in each epoch
        seconds = EPOCHS * 0.8 * IMAGES / measured["images_per_second"]
    written = measured["written_bytes"] * IMAGES / images if step in PARALLEL else measured["written_bytes"]
    return Planned(step, machines, seconds / machines / HOUR, written / TB)


class Limits(NamedTuple):
    """What one machine or one shared folder has to bear at `IMAGES`."""

    source_terabytes: float
    opening_minutes: float
    identities_gigabytes: float
    spool_terabytes: float
    root_gigabytes_per_second: float
    encoded_test_images: int


def limits(measured: Mapping[str, Any], images: int) -> Limits:
    """The loads that decide where the design breaks first."""
    many = IMAGES / images
    source, steps = measured["source_bytes"] * many, measured["steps"]
    ingested, prepared = (steps[step]["written_bytes"] * many for step in ("ingest", "preprocess"))
    hours = sum(step.hours for step in plan(measured, images) if step.step in ("ingest", "preprocess"))
    moved = source + 3 * ingested + ingested + 3 * prepared  # each set is spooled, read again and written
    return Limits(
        source / TB,
        source / GB / ARRIVAL_GB / 60,
        IDENTITY_BYTES * IMAGES / GB,
        max(ingested, prepared) / TB,
        moved / GB / (hours * HOUR),
        IMAGES // 10,
    )
