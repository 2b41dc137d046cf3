"""What models with several layers of codes share: generation from the top down, and the bound.

z_L ~ N(0, I)        z_i ~ N(μ_i(z_{i+1}), diag σ_i²(z_{i+1}))        x ~ p(x | decoder(z_1))
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import diagonal_normal, standard_normal
from vaeflow.models.hierarchy.chain import Chain, at_temperature
from vaeflow.models.hierarchy.config import HierarchyConfig
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.networks.dense import mlp
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.terms import Elbo


class Conditional(keras.layers.Layer):
    """Codes [..., n] → a normal over codes [..., dim], by a dense network that treats all leading axes as the batch."""

    def __init__(self, config: HierarchyConfig, hidden: Sequence[int], dim: int, kernel_initializer: str):
        super().__init__(dtype="float32", autocast=False)
        self.network = mlp(hidden, config.activation, config.normalisation)
        self.normal = DiagonalNormal(dim, kernel_initializer)
        self.dim = dim

    def call(self, z: tf.Tensor) -> tfd.Distribution:
        flat = self.normal(self.network(tf.reshape(z, [-1, z.shape[-1]])))
        shape = tf.concat([tf.shape(z)[:-1], [self.dim]], axis=0)
        return diagonal_normal(tf.reshape(flat.mean(), shape), tf.reshape(flat.stddev(), shape))


class Hierarchy(LatentVariableModel):
    """Several layers of codes, each the prior of the one below. The code vector starts with the lowest layer."""

    config: HierarchyConfig

    def __init__(self, config: HierarchyConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.sizes = config.latent_dims
        self.encoder = build_encoder(config.network, data.image_shape)
        # Zeros: all priors start as the same wide normal. With narrow ones the first KL estimates would explode.
        self.top_down = [
            Conditional(config, layer.hidden[::-1], dim, "zeros")
            for layer, dim in zip(config.upper, config.latent_dims[:-1], strict=True)
        ]
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    @property
    def code_dim(self) -> int:
        return sum(self.sizes)

    @property
    def code_groups(self) -> Mapping[str, int]:
        return {f"layer {place}": size for place, size in enumerate(self.sizes, start=1)}

    def prior(self) -> Chain:
        return Chain(standard_normal(self.sizes[-1]), self.top_down[::-1], self.sizes, "down")

    def likelihood(self, z: tf.Tensor) -> tfd.Distribution:
        return self.decoder(z[..., : self.sizes[0]])

    def resample(
        self, z: tf.Tensor, layer: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0
    ) -> tf.Tensor:
        codes = tf.split(z, list(self.sizes), axis=-1)
        seeds = tf.unstack(tf.random.split(seed, len(self.top_down)))
        for below in reversed(range(len(self.top_down))):
            drawn = at_temperature(self.top_down[below](codes[below + 1]), seeds[below], temperature)
            codes[below] = tf.where(below < layer, drawn, codes[below])
        return tf.concat(codes, axis=-1)

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        """The bound from samples of all layers, with the KL divergence by dimension. Sønderby et al. 2016, eq. 9."""
        z, q = self.posterior(x, labels).draw(num_samples, seed)
        p = self.prior().conditionals(z)
        log_likelihood = tf.reduce_mean(self.decoder(z[0]).log_prob(x), axis=0)
        terms = [self.conditional_kl(place, *layer) for place, layer in enumerate(zip(z, q, p, strict=True))]
        return Elbo(log_likelihood, tf.concat([_mean_over_samples(term, tf.shape(x)[0]) for term in terms], axis=-1))

    def conditional_kl(self, place: int, z: tf.Tensor, q: tfd.Distribution, p: tfd.Distribution) -> tf.Tensor:
        """KL(q || p) by dimension [..., dim], or its estimate from z, of layer `place`, from 0 at the bottom."""
        return tfd.kl_divergence(q.distribution, p.distribution)

    def sample_codes(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Ancestral samples [n, code], with the standard deviations of all layers multiplied by `temperature`."""
        return tf.concat(self.prior().draw(n, seed, temperature)[0], axis=-1)

    def build(self, input_shape: Any = None) -> None:
        """Create every weight, by computing the bound: a reconstruction does not use all layers."""
        self.elbo(tf.zeros((1, *self.image_shape)), tf.zeros(2, tf.int32))
        self.built = True


def _mean_over_samples(term: tf.Tensor, batch: tf.Tensor) -> tf.Tensor:
    """[..., batch, dim] → [batch, dim]."""
    return tf.reduce_mean(tf.reshape(term, [-1, batch, term.shape[-1]]), axis=0)
