"""From a prior's configuration to its layer."""

from typing import assert_never

from vaeflow.models.priors.config import (
    FittedPrior,
    GaussianFit,
    MixtureFit,
    MixturePrior,
    Prior,
    StandardNormalPrior,
    VampPrior,
)
from vaeflow.models.priors.fitted import FittedMixture
from vaeflow.models.priors.layers import Mixture, PriorLayer, StandardNormal, Vamp


def build_prior(config: Prior, dim: int, image_shape: tuple[int, int, int]) -> PriorLayer:
    """The layer that gives p(z) over codes [dim] of images with the given shape."""
    match config:
        case StandardNormalPrior():
            return StandardNormal(dim)
        case MixturePrior():
            return Mixture(config.components, dim)
        case VampPrior():
            return Vamp(config.components, image_shape)
        case _:
            assert_never(config)


def build_fitted_prior(config: FittedPrior, dim: int) -> FittedMixture:
    """The prior over codes [dim] that is fitted after training; a Gaussian is a mixture of one component."""
    match config:
        case GaussianFit():
            return FittedMixture(1, dim)
        case MixtureFit():
            return FittedMixture(config.components, dim)
        case _:
            assert_never(config)
