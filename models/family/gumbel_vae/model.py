"""The Gumbel-softmax VAE. Jang, Gu & Poole 2017; Maddison, Mnih & Teh 2017.

z_j ~ Uniform{1, …, K}, one-hot, for each variable j        x ~ p(x | decoder(z))        q(z | x) = Π_j Cat(z_j; π_j(x))
In training the decoder sees relaxed codes, which have gradients; everything else uses one-hot codes.
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.family.gumbel_vae.categorical import Categoricals
from vaeflow.models.family.gumbel_vae.config import GumbelVAEConfig
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.terms import Elbo, TrainingTerms
from vaeflow.models.training.data import Batch


@keras.saving.register_keras_serializable("vaeflow")
class GumbelVAE(LatentVariableModel):
    """Categorical codes with a uniform prior."""

    config_class = GumbelVAEConfig
    config: GumbelVAEConfig

    def __init__(self, config: GumbelVAEConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.encoder = build_encoder(config.network, data.image_shape)
        self.logits = keras.layers.Dense(self.code_dim, dtype="float32")
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    @property
    def code_dim(self) -> int:
        return self.config.latent_dim * self.config.categories

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> Categoricals:
        return Categoricals(self._by_variable(self.logits(self.encoder(x))))

    def prior(self) -> tfd.Distribution:
        return Categoricals(self._by_variable(tf.zeros(self.code_dim)))

    def _by_variable(self, logits: tf.Tensor) -> tf.Tensor:
        """[..., code] → [..., variables, categories]."""
        shape = tf.concat([tf.shape(logits)[:-1], [self.config.latent_dim, self.config.categories]], axis=0)
        return tf.reshape(logits, shape)

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        """The bound of the discrete model: codes are one-hot, and the KL divergence by variable is in closed form."""
        q = self.posterior(x)
        return self._terms(x, q, q.sample(num_samples, seed=seed))

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        """The bound with relaxed codes, which pass gradients to the encoder. Jang et al. 2017, eq. 2 and §2.2."""
        q = self.posterior(batch.x)
        z = q.relaxed_sample(num_samples, self.temperature(step), seed)
        if self.config.straight_through:
            z += tf.stop_gradient(self._corner(z) - z)
        return TrainingTerms(self._terms(batch.x, q, z))

    def _terms(self, x: tf.Tensor, q: Categoricals, z: tf.Tensor) -> Elbo:
        return Elbo(tf.reduce_mean(self.likelihood(z).log_prob(x), axis=0), q.kl_to_uniform())

    def _corner(self, z: tf.Tensor) -> tf.Tensor:
        """The one-hot codes nearest to relaxed ones."""
        nearest = tf.one_hot(tf.argmax(self._by_variable(z), axis=-1), self.config.categories)
        return tf.reshape(nearest, tf.shape(z))

    def temperature(self, step: tf.Tensor) -> tf.Tensor:
        """τ at an optimizer step."""
        schedule = self.config.temperature
        return tf.maximum(schedule.end, schedule.start * tf.exp(-schedule.rate * tf.cast(step, tf.float32)))

    def sample_codes(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Samples [n, code] of the uniform prior, which a temperature cannot narrow."""
        return self.prior().sample(n, seed=seed)
