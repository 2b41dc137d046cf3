"""The Ladder VAE. Sønderby et al. 2016.

z_L ~ N(0, I)        z_i ~ N(μ_i(z_{i+1}), diag σ_i²(z_{i+1}))        x ~ p(x | decoder(z_1))
q(z | x) = q(z_L | x) q(z_{L-1} | z_L, x) … q(z_1 | z_2, x)

The image passes upwards through deterministic layers, each of which estimates its code. On the way down, the posterior
of a code is that estimate merged with the prior given the code above.
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import diagonal_normal
from vaeflow.models.family.ladder_vae.config import LadderVAEConfig
from vaeflow.models.hierarchy.chain import Chain, Step
from vaeflow.models.hierarchy.hierarchy import Hierarchy
from vaeflow.models.networks.dense import mlp
from vaeflow.models.posteriors.layers import DiagonalNormal


@keras.saving.register_keras_serializable("vaeflow")
class LadderVAE(Hierarchy):
    """Several layers of codes. Inference and generation share the top-down path."""

    config_class = LadderVAEConfig

    def __init__(self, config: LadderVAEConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.bottom_up = [mlp(layer.hidden, config.activation, config.normalisation) for layer in config.upper]
        self.estimates = [DiagonalNormal(dim) for dim in config.latent_dims]

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> Chain:
        features = [self.encoder(x)]
        for network in self.bottom_up:
            features.append(network(features[-1]))
        *lower, top = [estimate(d) for estimate, d in zip(self.estimates, features, strict=True)]
        steps = [_correction(estimate, expected) for estimate, expected in zip(lower, self.top_down, strict=True)]
        return Chain(top, steps[::-1], self.sizes, "down")


def merge(a: tfd.Distribution, b: tfd.Distribution) -> tfd.Distribution:
    """The normalised product of two diagonal normals: means weighted by precision. Sønderby et al. 2016, eq. 17-19."""
    precision_a, precision_b = tf.math.reciprocal(a.variance()), tf.math.reciprocal(b.variance())
    precision = precision_a + precision_b
    return diagonal_normal((a.mean() * precision_a + b.mean() * precision_b) / precision, tf.math.rsqrt(precision))


def _correction(estimate: tfd.Distribution, expected: Step) -> Step:
    """Codes of the layer above → the estimate, merged with the distribution expected given these codes."""
    return lambda z: merge(estimate, expected(z))
