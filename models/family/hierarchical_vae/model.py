"""The plain hierarchical VAE, with inference from the image upwards. Rezende et al. 2014; Burda et al. 2016.

z_L ~ N(0, I)        z_i ~ N(μ_i(z_{i+1}), diag σ_i²(z_{i+1}))        x ~ p(x | decoder(z_1))
q(z | x) = q(z_1 | x) q(z_2 | z_1) … q(z_L | z_{L-1})
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.family.hierarchical_vae.config import HierarchicalVAEConfig
from vaeflow.models.hierarchy.chain import Chain
from vaeflow.models.hierarchy.hierarchy import Conditional, Hierarchy
from vaeflow.models.posteriors.layers import DiagonalNormal


@keras.saving.register_keras_serializable("vaeflow")
class HierarchicalVAE(Hierarchy):
    """Several layers of codes. Training with the plain bound tends to leave the upper ones unused."""

    config_class = HierarchicalVAEConfig

    def __init__(self, config: HierarchicalVAEConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.lowest = DiagonalNormal(config.latent_dim)
        self.bottom_up = [
            Conditional(config, layer.hidden, layer.latent_dim, "glorot_uniform") for layer in config.upper
        ]

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> Chain:
        return Chain(self.lowest(self.encoder(x)), self.bottom_up, self.sizes, "up")

    def conditional_kl(self, place: int, z: tf.Tensor, q: tfd.Distribution, p: tfd.Distribution) -> tf.Tensor:
        """In closed form only for the top layer: for all others, p is conditional on codes that are drawn after z."""
        if place == len(self.sizes) - 1:
            return super().conditional_kl(place, z, q, p)
        return q.distribution.log_prob(z) - p.distribution.log_prob(z)
