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
from vaeflow.pipeline.comparison.standard_error import StandardError, combined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]


class Paired(NamedTuple):
    """A mean difference over images, with its standard errors over images and over trainings, if these are known."""

    images: int
    difference: float
    image_error: StandardError
    training_error: StandardError | None


class Images(NamedTuple):
    """The sorted ids of the test images of a run, their places in its file, and the columns of the file."""

    ids: list[str]
    order: "NDArray[np.intp]"
    columns: frozenset[str]


class PerImageValues:
    """The values of runs by image, each read once."""

    def __init__(self) -> None:
        self._images: dict[EvaluatedRun, Images] = {}
        self._values: dict[tuple[EvaluatedRun, str], Values] = {}

    def has(self, run: EvaluatedRun, metric: str) -> bool:
        """Whether the run has values of the metric by image."""
        return run.per_image.is_file() and metric in self.images(run).columns

    def images(self, run: EvaluatedRun) -> Images:
        """The test images of the run."""
        if run not in self._images:
            self._images[run] = _read_images(run)
        return self._images[run]

    def values(self, run: EvaluatedRun, metric: str) -> "Values":
        """Values [images] of a metric, sorted by the ids of the images; NaN where there is none."""
        import numpy as np

        if (run, metric) not in self._values:
            values = np.array(_column(run, metric), np.float64)
            self._values[run, metric] = values[self.images(run).order]
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
            if self.images(run).ids != self.images(first).ids:
                raise InputError(
                    f"{first.name} and {run.name}: expected the same test images to pair them, got other ids in "
                    f"{first.per_image} and {run.per_image}."
                )


def _digest(run: EvaluatedRun) -> str:
    return TEST_IMAGES.of(run.circumstances)


def _read_images(run: EvaluatedRun) -> Images:
    import numpy as np
    import pyarrow.parquet as pq

    ids = _column(run, "id")
    order = np.argsort(ids, kind="stable")
    return Images([ids[place] for place in order], order, frozenset(pq.read_schema(run.per_image).names))


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
        return Paired(images, float(differences.mean()) if images else math.nan, StandardError(math.nan), None)
    image_error = StandardError(float(differences.std(ddof=1)) / math.sqrt(images), images - 1)
    return Paired(images, float(differences.mean()), image_error, _training_error(one, other))


def _training_error(*groups: "Values") -> StandardError | None:
    """Standard error of the difference of means over runs of values [runs, images], from the groups with several runs.

    None if there is no such group.
    """
    means = [group.mean(axis=1) for group in groups if len(group) > 1]
    parts = [StandardError(float(mean.std(ddof=1)) / math.sqrt(len(mean)), len(mean) - 1) for mean in means]
    return combined(*parts) if parts else None
