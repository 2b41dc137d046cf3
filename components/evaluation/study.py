"""The study: everything that metrics and figures are computed from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from vaeflow.components.evaluation.measuring.measured import Encode, Measured
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.evaluation.subject import Subject
from vaeflow.models.arrays import Codes, Labels

T = TypeVar("T")


@dataclass(frozen=True)
class Study:
    """A subject, the measurements of its test split, and a function that encodes other splits.

    `encode("train", (measure, ...), limit=n)` is a context manager that returns the `Encoded` images of a split, and
    `encode_anomalies((measure, ...), limit=n)` those of the anomalies.
    """

    settings: Settings
    subject: Subject
    measured: Measured
    encode: Encode
    encode_anomalies: Encode
    _made: dict[Callable[..., Any], Any] = field(default_factory=dict)

    def once(self, make: Callable[["Study"], T]) -> T:
        """`make(study)`, computed on the first call and then cached, for what several metrics and figures share."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def mean(self, measure: str) -> Any:
        """Mean [...] of a measure over all test images."""
        return self.measured.moments[measure].mean

    @property
    def labels(self) -> Labels:
        """Labels [n] of the sample."""
        return self.measured.sample.labels

    @property
    def codes(self) -> Codes:
        """Posterior means [n, inferred] of the sample, without the part of a given label."""
        codes: Codes = self.measured.sample.measures["mean"]
        return codes[:, : self.subject.network.inferred_dim]
