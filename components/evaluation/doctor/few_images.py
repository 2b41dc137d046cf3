"""Too few test images for the digits that are shown."""

from collections.abc import Iterator, Sequence
from math import ceil, isfinite, sqrt
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import HeldOut, more_test_images
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.metrics.classification import ERROR as CLASSIFICATION_ERROR
from vaeflow.components.evaluation.metrics.probes import KNN_ACCURACY, LINEAR_PROBE_ACCURACY
from vaeflow.components.evaluation.needs import PIXEL_LIKELIHOOD
from vaeflow.components.evaluation.spread import DEVIATIONS, Spread, central
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

FIRST_DIGIT = 0.05
"""Half a tenth. On a scale from 0 to 1, a larger standard error makes the first digit after the point uncertain."""
SCALES = {CLASSIFICATION_ERROR: 100.0, KNN_ACCURACY: 1.0, LINEAR_PROBE_ACCURACY: 1.0}
"""The metrics whose scale is known, with its length; that of a bound begins at a model without a code."""


class Measured(NamedTuple):
    """A metric: its value as it is shown, its standard error over images, the length of its scale, and their number.

    The error is NaN for a single image, from which it is not known.
    """

    title: str
    value: str
    error: float
    scale: float
    images: int


class Measurements(NamedTuple):
    """The metrics, and the test images."""

    metrics: Sequence[Measured]
    images: HeldOut

    @property
    def uncertain(self) -> Sequence[Measured]:
        """The metrics whose first digit is uncertain."""
        return [metric for metric in self.metrics if not metric.error <= FIRST_DIGIT * metric.scale]


def gather(case: "Case") -> Measurements:
    """The bound and the scores that are measured."""
    return Measurements([*_bounds(case), *_scores(case)], case.test_images)


def _bounds(case: "Case") -> Iterator[Measured]:
    from vaeflow.components.evaluation.doctor.code_free import code_free_bound

    bound, subject = case.bound, case.study.subject
    if bound is None or not PIXEL_LIKELIHOOD.met_by(subject):
        return
    gain = bound.value - code_free_bound(subject, measured="test")
    if gain > 0 and not gain <= DEVIATIONS * bound.standard_error:  # otherwise it has no scale
        yield Measured(bound.title, f"{bound.value:.2f}", bound.standard_error, gain, subject.images)


def _scores(case: "Case") -> Iterator[Measured]:
    moments, labelled = case.study.measured.moments, int((case.study.labels >= 0).sum())
    for metric, scale in SCALES.items():
        value = case.metrics.get(metric.name)
        if value is not None and isfinite(central(value)):
            error = value.std if isinstance(value, Spread) else case.standard_error[metric.name]
            images = moments[metric.name].count if metric.name in moments else labelled
            if not error > 0:  # all agree, or there is only one
                error = scale * share_error(central(value) / scale, images)
            yield Measured(metric.title, f"{central(value):.{metric.decimals}f}", error, scale, images)


def share_error(share: float, images: int) -> float:
    """Standard error of a share of the images, which is not 0 if they all agree. Agresti & Coull 1998: two of each kind
    are added to them.
    """
    adjusted = (share * images + 2) / (images + 4)
    return sqrt(adjusted * (1 - adjusted) / (images + 4))


def find(measurements: Measurements) -> str:
    """The metrics whose first digit is uncertain, and the number of images that would be enough."""
    found = ", ".join(map(_shown, measurements.uncertain))
    enough = max(map(_enough, measurements.uncertain), default=0)
    return f"{found}; {enough} would determine the first digit." if enough else f"{found}." if found else ""


def _shown(metric: Measured) -> str:
    error = f"± {metric.error:.2g}" if isfinite(metric.error) else "with an unknown error"
    return f"{metric.title} {metric.value} {error} from {metric.images} test image{'' if metric.images == 1 else 's'}"


def _enough(metric: Measured) -> int:
    """The number of images with which the first digit would be certain; 0 if it is not known."""
    if not isfinite(metric.error):
        return 0
    return ceil(metric.images * (metric.error / metric.scale / FIRST_DIGIT) ** 2)


def remedies(measurements: Measurements, training: TrainConfig) -> Iterator[Change]:
    """More test images, if the recipe decides on their number."""
    return more_test_images(measurements.images, min(metric.images for metric in measurements.uncertain))


SYMPTOM = Symptom(
    name="few_test_images",
    title="Too few test images for the digits shown",
    sign=f"the standard error of a score exceeds {FIRST_DIGIT:.0%} of its scale, or that of the bound the same share "
    "of its gain over a model without a code, or there is a single image",
    meaning="Not even the first digit of these numbers is certain: differences between models do not show in them.",
    gather=gather,
    find=find,
    remedies=remedies,
)
