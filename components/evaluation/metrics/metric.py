"""What a metric is, and a family of metrics that are computed together. Importable without TensorFlow.

So is every family: functions import what is heavy in their first lines, because the command line reads the records.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vaeflow.components.evaluation.needs import Need, lack
from vaeflow.components.evaluation.spread import Value

if TYPE_CHECKING:
    from vaeflow.components.evaluation.measuring.batch import Measure
    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.evaluation.subject import Subject


@dataclass(frozen=True)
class Metric:
    """One number of an evaluation: how it is named and shown, and what it needs.

    A `costly` metric is computed from the sample, any other from every test image. `headline` metrics are properties
    of the artifact.
    """

    name: str
    title: str
    unit: str
    decimals: int = 3
    needs: tuple[Need, ...] = ()
    costly: bool = False
    better: Literal["higher", "lower"] | None = None
    headline: bool = False

    def lack(self, subject: "Subject") -> str:
        """Why this metric is not available for the subject; empty where it is."""
        return lack(self.needs, subject)

    @property
    def arrow(self) -> str:
        """Up where higher is better, down where lower is better."""
        return {"higher": "↑", "lower": "↓", None: ""}[self.better]


@dataclass(frozen=True)
class Family:
    """Metrics that are computed together, in the order in which they are shown.

    `measure` is taken of every batch of the test split. What it gives as one number an image, [batch], is written to
    `per_image.parquet`; under the name of a metric it is that metric, as the mean over the images with its standard
    error. `compute` gives all other metrics, once; it may give more than are available. `note` says what a reader has
    to know about the numbers.
    """

    metrics: tuple[Metric, ...]
    measure: "Measure | None" = None
    compute: "Callable[[Study], Mapping[str, Value]] | None" = None
    note: "Callable[[Study], str] | None" = None

    def available(self, subject: "Subject") -> tuple[Metric, ...]:
        """The metrics that the subject meets the needs of."""
        return tuple(metric for metric in self.metrics if not metric.lack(subject))
