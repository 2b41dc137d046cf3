"""What a comparison finds, as plain records."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

ERRORS = 2
"""Number of standard errors that a difference must exceed to be more than noise."""


@dataclass(frozen=True)
class Estimate:
    """A metric of a row: its mean over the runs.

    `std` is the sample standard deviation over the runs, None if there is only one. `error` is the standard error of
    a single run, over images and what else its evaluation covers; None if it is not known.
    """

    mean: float
    runs: int
    std: float | None = None
    error: float | None = None

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean, over trainings if there are several, and over images; None if neither is known.

        All runs are measured on the same images, so more runs do not reduce the error over images.
        """
        parts = [self.error, None if self.std is None else self.std / math.sqrt(self.runs)]
        known = [part for part in parts if part is not None]
        return math.hypot(*known) if known else None


@dataclass(frozen=True)
class Difference:
    """A metric of a row minus that of another row, paired by test image.

    `image_error` is the standard error over images. `training_error` is that over trainings; None if one of the rows
    has a single run, so that it is not known how much other trainings would differ.
    """

    row: str
    reference: str
    metric: str
    images: int
    difference: float
    image_error: float
    training_error: float | None

    @property
    def error(self) -> float:
        """Standard error over images and, if it is known, over trainings.

        Both contain the part of the variance that is peculiar to an image in a training, which is thus counted twice:
        the error is rather too large than too small.
        """
        return math.hypot(self.image_error, self.training_error or 0.0)

    @property
    def beyond_noise(self) -> bool:
        """Whether the difference is more than two standard errors."""
        return abs(self.difference) > ERRORS * self.error


@dataclass(frozen=True)
class Table:
    """Metrics of the rows that were measured under the same conditions.

    `conditions` are these, by title; `apart` are the titles of those that other rows do not share. `best` is the best
    row by metric, where that is more than noise.
    """

    metrics: tuple[str, ...]
    conditions: Mapping[str, str]
    apart: tuple[str, ...]
    cells: Mapping[str, Mapping[str, Estimate]]
    """Estimates by row and metric."""
    best: Mapping[str, str]
    differences: tuple[Difference, ...]
    """Paired differences of the other rows from the first row that has the metric."""


@dataclass(frozen=True)
class Row:
    """A row of all tables: the runs that it stands for, and their values of the fields that differ between rows."""

    name: str
    runs: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """Rows, tables of their metrics, and notes on what could not be compared."""

    rows: tuple[Row, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
