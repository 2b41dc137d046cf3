"""Codes far from the distribution that samples are drawn from, so that samples are unlike reconstructions."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.code_sources import AGGREGATED_POSTERIOR, FITTED_PRIOR, PRIOR, STANDARD_NORMAL
from vaeflow.components.evaluation.doctor import ignored_code
from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import stronger_kl
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.metrics.empty_space import NEAR
from vaeflow.components.evaluation.needs import GENERATIVE, SEVERAL_IMAGES, Known
from vaeflow.components.evaluation.spread import DEVIATIONS, Spread
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.code_sources import CodeSource
    from vaeflow.components.evaluation.doctor.case import Case

MIN_RATIO = 0.5
"""Samples of sound models are near data 0.6 to 1 times as often as decoded codes of other images, and those of an
autoencoder whose codes are drawn from N(0, I) 0.02 times."""


class Shares(NamedTuple):
    """Per cent of images that are near data: of samples, with codes of `source`, and of decoded codes of data."""

    source: str
    samples: Spread
    data: Spread


def gather(case: "Case") -> Shares | None:
    """The shares, if both are measured; None if the decoder ignores the code, and so what codes there are."""
    if ignored_code.find(ignored_code.gather(case)):
        return None
    source = sampled(case.study.subject)
    samples, data = (case.metrics.get(NEAR.format(kind.name)) for kind in (source, AGGREGATED_POSTERIOR))
    if not isinstance(samples, Spread) or not isinstance(data, Spread):
        return None
    return Shares(source.title, samples, data)


def sampled(subject: Known) -> "CodeSource":
    """Where the codes of the model's own samples come from."""
    if subject.config.fits_prior:
        return FITTED_PRIOR
    return STANDARD_NORMAL if subject.config.standard_normal_prior else PRIOR


def find(shares: Shares) -> str:
    """The shares, if that of samples is much lower, and lower by more than chance."""
    source, samples, data = shares
    chance = DEVIATIONS * math.hypot(samples.std, data.std)
    if not samples.mean < min(MIN_RATIO * data.mean, data.mean - chance):
        return ""
    return (
        f"{samples.mean:.0f} % of samples, with codes of the distribution {source}, are near data, and "
        f"{data.mean:.0f} % of images decoded from codes of other test images."
    )


def remedies(shares: Shares, training: TrainConfig) -> Iterator[Change]:
    """A stronger pull to the prior, or a prior that can follow the codes."""
    return stronger_kl(training)


SYMPTOM = Symptom(
    name="codes_far_from_prior",
    title="Codes far from the prior",
    sign="samples are near data less than half as often as images decoded from codes of other test images, and the "
    "difference exceeds two standard deviations",
    meaning="The codes of images are elsewhere than those that samples are decoded from, which the decoder has hardly "
    "seen: samples look worse than reconstructions. The figure samples shows both.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(GENERATIVE, SEVERAL_IMAGES),
)
