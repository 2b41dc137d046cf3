"""The autoencoder: plain, sparse (Ng 2011, «Sparse autoencoder») or denoising (Vincent et al. 2008, 2010).

z = encoder(x̃), where x̃ is x, or x with noise in training        x ~ p(x | decoder(z))        trained: max log p(x | z)

Training uses no p(z). One is fitted to the codes of training images afterwards, to sample from.
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.family.autoencoder.config import AutoencoderConfig
from vaeflow.models.family.autoencoder.corruption import corrupt
from vaeflow.models.family.autoencoder.sparsity import activation, sparsity_penalties
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.priors.building import build_fitted_prior
from vaeflow.models.terms import Elbo, TrainingTerms
from vaeflow.models.training.batches import in_batches
from vaeflow.models.training.data import Batch, TrainingSet

FITTED_IMAGES = 20_000
"""Maximum number of training images used to fit the prior."""


@keras.saving.register_keras_serializable("vaeflow")
class Autoencoder(LatentVariableModel):
    """An encoder and a decoder. The posterior is a single point, so `elbo` does not bound log p(x)."""

    config_class = AutoencoderConfig
    config: AutoencoderConfig

    def __init__(self, config: AutoencoderConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.penalty_names = ("sparsity",) if config.sparsity else ()
        self.encoder = build_encoder(config.network, data.image_shape)
        self.code = keras.layers.Dense(config.latent_dim, activation(config.sparsity), dtype="float32")
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)
        self.fitted_prior = build_fitted_prior(config.prior, config.latent_dim)

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return tfd.Independent(tfd.Deterministic(self.code(self.encoder(x))), 1)

    def prior(self) -> tfd.Distribution:
        return self.fitted_prior.distribution()

    def corrupt(self, x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return x if self.config.corruption is None else corrupt(x, self.config.corruption, seed)

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        """The log-likelihood of the reconstruction; the KL divergence is 0."""
        return self._terms(self.embed(x), x)

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        z = self.embed(self.corrupt(batch.x, seed))
        return TrainingTerms(self._terms(z, batch.x), sparsity_penalties(self.config.sparsity, z))

    def _terms(self, z: tf.Tensor, x: tf.Tensor) -> Elbo:
        log_likelihood = self.likelihood(z).log_prob(x)
        return Elbo(log_likelihood, tf.zeros_like(log_likelihood)[:, tf.newaxis])

    def finish(self, data: TrainingSet) -> None:
        images = data.take(FITTED_IMAGES).images
        self.fitted_prior.fit(in_batches(lambda batch: self.embed(self.observe(batch)), images), data.seed)

    @property
    def remarks(self) -> tuple[str, ...]:
        return (self.fitted_prior.remark,)
