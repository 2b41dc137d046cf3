"""An estimate of log p(x) that rests on a few of its importance samples."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.metrics.bounds import EFFECTIVE_SHARE
from vaeflow.components.evaluation.needs import A_BOUND, PIXEL_LIKELIHOOD
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

MIN_SHARE = 0.02
"""Two of 100 samples."""
MIN_EFFECTIVE = 10
"""With more samples, the share falls although the estimate becomes better: for a sound VAE of MNIST, 7 % of 100 samples
are effective, and 0.8 % of 5,000, which are 41."""

MAX_SAMPLES = 1_000_000
"""Maximum number of samples that settings accept."""


class Samples(NamedTuple):
    """Number of importance samples per image, and the mean share of them that is effective."""

    number: int
    effective_share: float


def gather(case: "Case") -> Samples | None:
    """The samples, if they are drawn."""
    moments = case.study.measured.moments
    if EFFECTIVE_SHARE not in moments:
        return None
    return Samples(case.study.settings.importance_samples, float(moments[EFFECTIVE_SHARE].mean))


def find(samples: Samples) -> str:
    """The effective number of samples, if it is small and a small share."""
    number, share = samples
    if not (share < MIN_SHARE and share * number < MIN_EFFECTIVE):
        return ""
    return f"{share * number:.1f} of the {number:,} importance samples of an image are effective, {share:.2%}."


def remedies(samples: Samples, training: TrainConfig) -> Iterator[Change]:
    """Ten times as many samples."""
    if samples.number < MAX_SAMPLES:
        yield Change("evaluate.importance_samples", min(MAX_SAMPLES, 10 * samples.number))


SYMPTOM = Symptom(
    name="few_effective_samples",
    title="Few effective importance samples",
    sign=f"the mean relative effective sample size of the importance weights is below {MIN_SHARE:.0%}, and fewer than "
    f"{MIN_EFFECTIVE} samples are effective",
    meaning="A few samples decide the importance-weighted log-likelihood. It is still a lower bound on average, but a "
    "loose one, and the estimates of single images are noisy.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(A_BOUND, PIXEL_LIKELIHOOD),
)
