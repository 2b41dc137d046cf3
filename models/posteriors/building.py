"""From a posterior's configuration to its layer."""

from typing import assert_never

import keras

from vaeflow.models.posteriors.autoregressive import InverseAutoregressiveFlows
from vaeflow.models.posteriors.config import (
    DiagonalPosterior,
    FullCovariancePosterior,
    InverseAutoregressivePosterior,
    PlanarPosterior,
    Posterior,
    RadialPosterior,
)
from vaeflow.models.posteriors.flows import PlanarFlows, RadialFlows
from vaeflow.models.posteriors.layers import DiagonalNormal, FlowNormal, FullCovarianceNormal


def build_posterior(config: Posterior, dim: int) -> keras.layers.Layer:
    """The layer that turns features [batch, n] into q(z | x) over codes [dim]."""
    match config:
        case DiagonalPosterior():
            return DiagonalNormal(dim)
        case FullCovariancePosterior():
            return FullCovarianceNormal(dim)
        case PlanarPosterior():
            return FlowNormal(dim, PlanarFlows(config.length, dim))
        case RadialPosterior():
            return FlowNormal(dim, RadialFlows(config.length, dim))
        case InverseAutoregressivePosterior():
            return FlowNormal(dim, InverseAutoregressiveFlows(config.length, dim, config.hidden, config.context))
        case _:
            assert_never(config)
