"""A bound that is no better than that of a model without a code."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import at_all_trained, more_use_of_the_code, stronger_kl
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.metrics.bounds import KL
from vaeflow.components.evaluation.metrics.reconstruction import LOG_LIKELIHOOD
from vaeflow.components.evaluation.needs import PIXEL_LIKELIHOOD
from vaeflow.components.evaluation.spread import DEVIATIONS
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Bound, Case


class Comparison(NamedTuple):
    """The bound on the test images, that of a model without a code, and the log-likelihood of reconstructions.

    All are in nats per image; the last is NaN if it is not measured.
    """

    bound: "Bound"
    code_free: float
    reconstruction: float

    @property
    def costly(self) -> bool:
        """Whether reconstructions are better than the mean image, but their codes cost more than that."""
        return self.reconstruction > self.code_free + DEVIATIONS * self.bound.standard_error


def gather(case: "Case") -> Comparison | None:
    """The bounds, if the model's own is measured."""
    from vaeflow.components.evaluation.doctor.code_free import code_free_bound

    if case.bound is None:
        return None
    code_free = code_free_bound(case.study.subject, measured="test")
    return Comparison(case.bound, code_free, _reconstruction(case, case.bound))


def _reconstruction(case: "Case", bound: "Bound") -> float:
    """The log-likelihood of reconstructions, which is the bound and the KL divergence; NaN if both are left out."""
    moments = case.study.measured.moments
    if LOG_LIKELIHOOD.name in moments:
        return float(moments[LOG_LIKELIHOOD.name].mean)
    return bound.value + float(moments[KL.name].mean) if KL.name in moments else math.nan


def find(comparison: Comparison) -> str:
    """Both bounds, if the model's own is not higher by more than chance."""
    bound, code_free, reconstruction = comparison
    if not bound.value <= code_free + DEVIATIONS * bound.standard_error:
        return ""
    distortion = (
        "" if math.isnan(reconstruction) else f" with a log-likelihood of reconstructions of {reconstruction:.2f},"
    )
    return (
        f"{bound.title} {bound.value:.2f} ± {bound.standard_error:.2f} nats,{distortion} and {code_free:.2f} for the "
        "mean training image alone."
    )


def remedies(comparison: Comparison, training: TrainConfig) -> Iterator[Change]:
    """A stronger KL term if codes cost more than they gain; otherwise whatever makes the model use its code."""
    yield from at_all_trained(training)
    yield from stronger_kl(training) if comparison.costly else more_use_of_the_code(training)


SYMPTOM = Symptom(
    name="no_better_than_mean_image",
    title="No better than the mean image",
    sign="the bound is not above that of one distribution for all images, around the mean training image and with a "
    "fitted variance, by more than two standard errors",
    meaning="As a model of images it is no better than their mean: either it has learned nothing about what makes them "
    "differ, or its codes cost more than they gain.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(PIXEL_LIKELIHOOD,),
)
