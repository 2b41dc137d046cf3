"""Components of a mixture prior that no image belongs to."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.collapse import ranges
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.needs import A_MIXTURE
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.doctor.case import Case

MAX_VANISHED = 0.1
"""A component with less than a tenth of an equal share of the images has vanished."""
MIN_EXPECTED = 10
"""Number of images in an equal share. With fewer, components are empty by chance."""


class Responsibilities(NamedTuple):
    """Mean over some images of p(k | z) for each component k, [components], and the number of these images."""

    mean: "NDArray[np.float32]"
    images: int


def gather(case: "Case") -> Responsibilities:
    """The responsibilities for codes that are drawn from the posteriors of test images."""
    import tensorflow as tf

    from vaeflow.components.evaluation.aggregated import drawn_codes

    codes = drawn_codes(case.study).codes
    shares = tf.nn.softmax(case.study.subject.network.prior().joint_log_probs(tf.constant(codes)))
    return Responsibilities(tf.reduce_mean(shares, axis=0).numpy(), len(codes))


def find(responsibilities: Responsibilities) -> str:
    """The vanished components, if there are enough images to tell."""
    mean, images = responsibilities
    gone = vanished(responsibilities)
    if not gone or images < MIN_EXPECTED * len(mean):
        return ""
    return (
        f"{len(gone)} of {len(mean)} components have less than {MAX_VANISHED / len(mean):.2%} of the images each: "
        f"{ranges(gone)}."
    )


def vanished(responsibilities: Responsibilities) -> list[int]:
    """Numbers of the components, from 0, that have hardly any of the images."""
    mean = responsibilities.mean
    return [component for component, share in enumerate(mean) if share < MAX_VANISHED / len(mean)]


def remedies(responsibilities: Responsibilities, training: TrainConfig) -> Iterator[Change]:
    """As many components as are used."""
    left = max(1, len(responsibilities.mean) - len(vanished(responsibilities)))
    yield Change("train.model.prior.components", left)
    yield Change("train.model.clusters", max(2, left))


SYMPTOM = Symptom(
    name="vanished_components",
    title="Vanished components of the prior",
    sign=f"a component of the prior has less than {MAX_VANISHED:g} of an equal share of the images, of which an equal "
    f"share is at least {MIN_EXPECTED}",
    meaning="No image belongs to these components. Samples of them, if there are any, are unlike data, and as clusters "
    "they are empty.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(A_MIXTURE,),
)
