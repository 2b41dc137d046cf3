"""Paired differences of runs on the same test images, from the values that evaluate keeps of each image.

Most of the spread of a likelihood over images is that some images are harder than others, for every model. The
difference of two models on the same image does not contain it.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from vaeflow.components.evaluation.conditions import TEST_IMAGES
from vaeflow.models.errors import InputError
from vaeflow.pipeline.comparison.evaluated import EvaluatedRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]


class Paired(NamedTuple):
    """A mean difference over images, with its standard errors over images and over trainings, if these are known."""

    images: int
    difference: float
    image_error: float
    training_error: float | None


class PerImageValues:
    """The values of runs by image, each read once."""

    def __init__(self) -> None:
        self._ids: dict[EvaluatedRun, list[str]] = {}
        self._values: dict[tuple[EvaluatedRun, str], Values] = {}

    def has(self, run: EvaluatedRun, metric: str) -> bool:
        """Whether the run has values of the metric by image."""
        import pyarrow.parquet as pq

        return run.per_image.is_file() and metric in pq.read_schema(run.per_image).names

    def ids(self, run: EvaluatedRun) -> list[str]:
        """The ids of the run's test images, in the order of its file."""
        if run not in self._ids:
            self._ids[run] = _column(run, "id")
        return self._ids[run]

    def values(self, run: EvaluatedRun, metric: str) -> "Values":
        """Values [images] of a metric, sorted by the ids of the images; NaN where there is none."""
        import numpy as np

        if (run, metric) not in self._values:
            order = np.argsort(self.ids(run), kind="stable")
            self._values[run, metric] = np.array(_column(run, metric), np.float64)[order]
        return self._values[run, metric]

    def paired(self, runs: Sequence[EvaluatedRun], others: Sequence[EvaluatedRun], metric: str) -> Paired:
        """The mean of `runs` minus that of `others` on the same images.

        Raises `InputError` if the runs were not evaluated on the same images.
        """
        self._check_images([*runs, *others])
        one, other = ([self.values(run, metric) for run in some] for some in (runs, others))
        return paired(one, other)

    def _check_images(self, runs: Sequence[EvaluatedRun]) -> None:
        first, *rest = sorted(runs, key=lambda run: run.name)
        for run in rest:
            if "test" not in run.circumstances.digests or _digest(run) != _digest(first):
                raise InputError(
                    f"{first.name} and {run.name}: expected the same test images to pair them, got "
                    f"{TEST_IMAGES.text(first.circumstances)}, and {TEST_IMAGES.text(run.circumstances)}."
                )
            if sorted(self.ids(run)) != sorted(self.ids(first)):
                raise InputError(
                    f"{first.name} and {run.name}: expected the same test images to pair them, got other ids in "
                    f"{first.per_image} and {run.per_image}."
                )


def _digest(run: EvaluatedRun) -> str:
    return TEST_IMAGES.of(run.circumstances)


def _column(run: EvaluatedRun, name: str) -> list[Any]:
    """A column as Python objects: pyarrow's conversion to NumPy would import pandas, which takes longer."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(run.per_image) as file:
        values: list[Any] = file.read([name]).column(name).to_pylist()
    return values


def paired(runs: "Sequence[Values]", others: "Sequence[Values]") -> Paired:
    """Mean over images of the difference of two means over runs; each run has values [images], NaN where unknown.

    The variance over images is that of the differences of the same images. The variance over trainings is the sum of
    those of the two means: two trainings with the same seed have no more in common than others.
    """
    import numpy as np

    one, other = np.stack(runs), np.stack(others)
    known = np.isfinite(one).all(axis=0) & np.isfinite(other).all(axis=0)
    one, other = one[:, known], other[:, known]
    differences = one.mean(axis=0) - other.mean(axis=0)
    images = len(differences)
    if images < 2:
        return Paired(images, float(differences.mean()) if images else math.nan, math.nan, None)
    image_error = float(differences.std(ddof=1)) / math.sqrt(images)
    return Paired(images, float(differences.mean()), image_error, _training_error(one, other))


def _training_error(*groups: "Values") -> float | None:
    """Standard error of the difference of means over runs of values [runs, images]; None if a group has one run."""
    if any(len(group) < 2 for group in groups):
        return None
    return math.sqrt(sum(float(group.mean(axis=1).var(ddof=1)) / len(group) for group in groups))
