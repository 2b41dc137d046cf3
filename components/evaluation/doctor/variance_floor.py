"""A learned variance of the pixels that has reached its lower limit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.needs import A_LEARNED_VARIANCE
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case
    from vaeflow.models.arrays import Images

TOLERANCE = 1.1
"""A deviation up to a tenth above the limit counts as being there: one that is added to the limit never reaches it."""
MAX_SHARE = 0.5
"""Most pixels. Some hardly ever vary, such as those at the border of digits."""


class Deviations(NamedTuple):
    """Standard deviations [n, h, w, c] of the pixels given the code, and their lower limit."""

    stddev: "Images"
    floor: float


def gather(case: "Case") -> Deviations:
    """The deviations that the decoder gives for the codes of some test images."""
    import tensorflow as tf

    from vaeflow.components.evaluation.doctor.decoding import some_images
    from vaeflow.models.likelihoods.pixels import MIN_STDDEV

    codes = tf.constant(case.study.once(some_images).codes)
    return Deviations(case.study.subject.network.likelihood(codes).stddev().numpy(), MIN_STDDEV)


def find(deviations: Deviations) -> str:
    """The share of pixels at the limit, if it is most of them."""
    share = float((deviations.stddev <= TOLERANCE * deviations.floor).mean())
    if share <= MAX_SHARE:
        return ""
    return f"{share:.0%} of the standard deviations of pixels are at their lower limit, {deviations.floor:.4f}."


def remedies(deviations: Deviations, training: TrainConfig) -> Iterator[Change]:
    """A variance that is given."""
    yield Change("train.model.likelihood.variance", "fixed")


SYMPTOM = Symptom(
    name="variance_at_floor",
    title="Variance at its floor",
    sign=f"the learned standard deviation is within {TOLERANCE - 1:.0%} of its lower limit, a grey level, for more "
    f"than {MAX_SHARE:.0%} of the pixels",
    meaning="The likelihood rewards nothing any more but the exact grey level, and would grow without bound if it were "
    "not limited. It cannot be compared with that of other models.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(A_LEARNED_VARIANCE,),
)
