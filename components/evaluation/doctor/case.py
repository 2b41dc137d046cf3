"""The case: everything that findings are read from."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from vaeflow.components.evaluation.doctor.remedies import HeldOut
from vaeflow.components.evaluation.metrics.bounds import ELBO
from vaeflow.components.evaluation.metrics.reconstruction import LOG_LIKELIHOOD
from vaeflow.components.evaluation.needs import A_BOUND
from vaeflow.components.evaluation.spread import Value, central
from vaeflow.components.evaluation.study import Study
from vaeflow.components.images.splits import TEST_FRACTION
from vaeflow.components.training.config import TrainConfig


class Bound(NamedTuple):
    """The bound, or the log-likelihood of reconstructions of a model without one, in nats per image."""

    title: str
    value: float
    standard_error: float


class Case(NamedTuple):
    """A study, the values of its metrics, and the standard errors of those that are means over images."""

    study: Study
    metrics: Mapping[str, Value]
    standard_error: Mapping[str, float]

    @property
    def training(self) -> TrainConfig:
        """The configuration of the training."""
        return TrainConfig.model_validate(self.study.subject.read_json("config.json"))

    @property
    def history(self) -> dict[str, Any]:
        """What the training recorded."""
        return self.study.subject.read_json("history.json")

    @property
    def test_images(self) -> HeldOut:
        """The test images."""
        subject = self.study.subject
        fraction = float(subject.examples.properties.get(TEST_FRACTION, 0))
        return HeldOut(subject.images, len(self.study.measured.sample), fraction)

    @property
    def bound(self) -> Bound | None:
        """The bound on the test images; None if it is left out."""
        metric = ELBO if A_BOUND.met_by(self.study.subject) else LOG_LIKELIHOOD
        if metric.name not in self.metrics:
            return None
        return Bound(metric.title, central(self.metrics[metric.name]), self.standard_error[metric.name])
