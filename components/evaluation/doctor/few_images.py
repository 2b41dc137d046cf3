"""Too few test images for the digits that are shown."""

from collections.abc import Iterator, Sequence
from math import ceil, isfinite, sqrt
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import more_test_images
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.metrics.classification import ERROR as CLASSIFICATION_ERROR
from vaeflow.components.evaluation.metrics.probes import KNN_ACCURACY, LINEAR_PROBE_ACCURACY
from vaeflow.components.evaluation.needs import PIXEL_LIKELIHOOD
from vaeflow.components.evaluation.spread import Spread, central
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

FIRST_DIGIT = 0.05
"""Half a tenth. On a scale from 0 to 1, a larger standard error makes the first digit after the point uncertain."""
SCALES = {CLASSIFICATION_ERROR: 100.0, KNN_ACCURACY: 1.0, LINEAR_PROBE_ACCURACY: 1.0}
"""The metrics whose scale is known, with its length; that of a bound begins at a model without a code."""


class Measured(NamedTuple):
    """A metric: its value as it is shown, its standard error over images, and the length of its scale.

    The error is NaN for a single image, from which it is not known.
    """

    title: str
    value: str
    error: float
    scale: float


class Measurements(NamedTuple):
    """The metrics, the number of test images, and the share of all images that is held out for testing.

    The share is 0 if the source decides on it.
    """

    metrics: Sequence[Measured]
    images: int
    test_fraction: float


def gather(case: "Case") -> Measurements:
    """The bound and the scores that are measured."""
    return Measurements([*_bounds(case), *_scores(case)], case.study.subject.images, case.test_fraction)


def _bounds(case: "Case") -> Iterator[Measured]:
    from vaeflow.components.evaluation.doctor.code_free import code_free_bound

    if case.bound is None or not PIXEL_LIKELIHOOD.met_by(case.study.subject):
        return
    gain = case.bound.value - code_free_bound(case.study.subject, measured="test")
    if gain > 0:
        yield Measured(case.bound.title, f"{case.bound.value:.2f}", case.bound.standard_error, gain)


def _scores(case: "Case") -> Iterator[Measured]:
    moments, labelled = case.study.measured.moments, int((case.study.labels >= 0).sum())
    for metric, scale in SCALES.items():
        value = case.metrics.get(metric.name)
        if value is not None and isfinite(central(value)):
            error = value.std if isinstance(value, Spread) else case.standard_error[metric.name]
            images = moments[metric.name].count if metric.name in moments else labelled
            if not error > 0:  # all agree, or there is only one
                error = scale * share_error(central(value) / scale, images)
            yield Measured(metric.title, f"{central(value):.{metric.decimals}f}", error, scale)


def share_error(share: float, images: int) -> float:
    """Standard error of a share of the images, which is not 0 if they all agree. Agresti & Coull 1998: two of each kind
    are added to them.
    """
    adjusted = (share * images + 2) / (images + 4)
    return sqrt(adjusted * (1 - adjusted) / (images + 4))


def find(measurements: Measurements) -> str:
    """The metrics whose first digit is uncertain, and the number of images that would be enough."""
    uncertain = [metric for metric in measurements.metrics if not metric.error <= FIRST_DIGIT * metric.scale]
    if not uncertain:
        return ""
    images = f"{measurements.images} test image{'' if measurements.images == 1 else 's'}"
    found = f"{', '.join(map(_shown, uncertain))} from {images}"
    worst = max((metric.error / metric.scale for metric in uncertain if isfinite(metric.error)), default=0)
    enough = ceil(measurements.images * (worst / FIRST_DIGIT) ** 2)
    return f"{found}; {enough} would determine the first digit." if enough else f"{found}."


def _shown(metric: Measured) -> str:
    error = f"± {metric.error:.2g}" if isfinite(metric.error) else "with an unknown error"
    return f"{metric.title} {metric.value} {error}"


def remedies(measurements: Measurements, training: TrainConfig) -> Iterator[Change]:
    """More test images, unless the source has its own."""
    return more_test_images(measurements.test_fraction)


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
