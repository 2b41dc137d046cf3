"""A decoder that ignores the code: it gives the same image for all of them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import more_use_of_the_code
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.needs import GENERATIVE, SEVERAL_IMAGES
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

MIN_SHARE = 0.01
"""One per cent of the variance of the images. A single direction of the codes that changes anything to be seen explains
more: the first principal component of MNIST explains 10 %, and that of photographs more."""


class Variances(NamedTuple):
    """Variance over images, summed over pixels: of images decoded from their codes, and of the images themselves."""

    decoded: float
    images: float


def gather(case: "Case") -> Variances:
    """The variances over some images of the sample, all decoded with the same label if they have a given one."""
    from vaeflow.components.evaluation.doctor.decoding import some_images

    found = case.study.once(some_images)
    return Variances(float(found.decoded.var(axis=0).sum()), float(found.x.var(axis=0).sum()))


def find(variances: Variances) -> str:
    """The variance of decoded images relative to that of the images; none for images that are all the same."""
    if not variances.decoded < MIN_SHARE * variances.images:
        return ""
    share = variances.decoded / variances.images
    return f"Decoded images vary by {share:.2%} of the variance of the test images."


def remedies(variances: Variances, training: TrainConfig) -> Iterator[Change]:
    """Whatever makes the model use its code."""
    return more_use_of_the_code(training)


SYMPTOM = Symptom(
    name="ignored_code",
    title="A decoder that ignores the code",
    sign=f"images decoded from the codes of test images have less than {MIN_SHARE:.0%} of the variance of these",
    meaning="The decoder gives nearly the same image whatever the code, so that reconstructions, samples and "
    "traversals all look alike.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(GENERATIVE, SEVERAL_IMAGES),
)
