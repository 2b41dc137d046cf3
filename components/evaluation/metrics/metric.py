"""Metrics, and families of metrics that are computed together. Importable without TensorFlow.

So is every family, because the command line reads the records: heavy imports are the first lines of functions.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vaeflow.components.evaluation.conditions import OF_ALL_SPLITS, OF_EVERY_METRIC, OF_THE_SAMPLE, Condition
from vaeflow.components.evaluation.needs import FACTORS, Known, Need, unmet_need
from vaeflow.components.evaluation.spread import Value

if TYPE_CHECKING:
    from vaeflow.components.evaluation.measuring.batch import Measure
    from vaeflow.components.evaluation.study import Study

THE_SAMPLE = "the sample"


@dataclass(frozen=True)
class Metric:
    """One number of an evaluation: its name, how it is shown, and what it needs.

    A `costly` metric is computed from the sample, or, if it needs factors, from a sample of all splits; any other from
    every test image. `headline` metrics become properties of the artifact. `depends_on` are the conditions that the
    value depends on, in addition to those that follow from its images: see `conditions`.
    """

    name: str
    title: str
    unit: str
    decimals: int = 3
    needs: tuple[Need, ...] = ()
    costly: bool = False
    better: Literal["higher", "lower"] | None = None
    headline: bool = False
    depends_on: tuple[Condition, ...] = ()

    def unmet_need(self, subject: Known) -> str:
        """Why the metric is not available for the subject; empty if it is available."""
        return unmet_need(self.needs, subject)

    @property
    def origin(self) -> str:
        """The images that it is computed from."""
        if FACTORS in self.needs:
            return "a sample of all splits"
        return THE_SAMPLE if self.costly else "every test image"

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions that two values must share to be compared."""
        if FACTORS in self.needs:
            return (*OF_EVERY_METRIC, *OF_ALL_SPLITS, *self.depends_on)
        return (*OF_EVERY_METRIC, *(OF_THE_SAMPLE if self.costly else ()), *self.depends_on)

    @property
    def arrow(self) -> str:
        """Up if higher is better, down if lower is better, else empty."""
        return {"higher": "↑", "lower": "↓", None: ""}[self.better]


@dataclass(frozen=True)
class Family:
    """Metrics that are computed together, in the order in which they are shown.

    `measure` is applied to every batch of the test split. Its results with one number per image, [batch], are written
    to `per_image.parquet`; the mean of a result with the name of a metric, with its standard error, is that metric.
    `compute` is called once and returns all other metrics; it may return more than are available. `note` returns what
    a reader needs to know about the numbers, if anything.
    """

    metrics: tuple[Metric, ...]
    measure: "Measure | None" = None
    compute: "Callable[[Study], Mapping[str, Value]] | None" = None
    note: "Callable[[Study], str] | None" = None

    def available(self, subject: Known, skip: Collection[str] = ()) -> tuple[Metric, ...]:
        """The metrics whose needs the subject meets, without those named in `skip`."""
        return tuple(metric for metric in self.metrics if metric.name not in skip and not metric.unmet_need(subject))
