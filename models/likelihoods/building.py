"""From a likelihood's configuration to its layer."""

from typing import assert_never

from vaeflow.models.likelihoods.config import (
    BernoulliLikelihood,
    ContinuousBernoulliLikelihood,
    GaussianLikelihood,
    Likelihood,
)
from vaeflow.models.likelihoods.pixels import (
    Bernoulli,
    ContinuousBernoulli,
    FixedGaussian,
    LearnedGaussian,
    PerPixelGaussian,
    PixelLikelihood,
)


def build_likelihood(config: Likelihood) -> PixelLikelihood:
    """The layer that turns pixel parameters into a distribution over images."""
    match config:
        case BernoulliLikelihood():
            return Bernoulli()
        case ContinuousBernoulliLikelihood():
            return ContinuousBernoulli()
        case GaussianLikelihood():
            return _build_gaussian(config)
        case _:
            assert_never(config)


def _build_gaussian(config: GaussianLikelihood) -> PixelLikelihood:
    match config.variance:
        case "fixed":
            return FixedGaussian(config.stddev)
        case "learned":
            return LearnedGaussian(config.stddev)
        case "per_pixel":
            return PerPixelGaussian(config.stddev)
        case _:
            assert_never(config.variance)
