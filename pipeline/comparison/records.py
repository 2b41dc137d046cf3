"""What a comparison finds, as plain records."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from vaeflow.pipeline.comparison.standard_error import StandardError, combined


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
    def standard_error(self) -> StandardError | None:
        """Standard error of the mean, over trainings if there are several, and over images; None if neither is known.

        All runs are measured on the same images, so more runs do not reduce the error over images.
        """
        parts = [] if self.error is None else [StandardError(self.error)]
        if self.std is not None:
            parts.append(StandardError(self.std / math.sqrt(self.runs), self.runs - 1))
        return combined(*parts) if parts else None


@dataclass(frozen=True)
class Difference:
    """A metric of a row minus that of another row, paired by test image.

    `image_error` is the standard error over images. `training_error` is that over the trainings of rows with several
    runs; None if there is no such row. How much other trainings of a row with a single run would differ is not known.
    """

    row: str
    reference: str
    metric: str
    images: int
    difference: float
    image_error: StandardError
    training_error: StandardError | None

    @property
    def error(self) -> StandardError:
        """Standard error over images and, if it is known, over trainings.

        Both contain the part of the variance that is peculiar to an image in a training, which is thus counted twice:
        the error is rather too large than too small.
        """
        return self.image_error if self.training_error is None else combined(self.image_error, self.training_error)

    @property
    def beyond_noise(self) -> bool:
        """Whether 0 is outside the 95 % confidence interval of the difference."""
        return abs(self.difference) > self.error.margin


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
