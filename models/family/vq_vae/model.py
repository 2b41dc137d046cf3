"""The vector-quantised autoencoder. Van den Oord, Vinyals & Kavukcuoglu 2017.

k = k_1, …, k_P ~ Π_i p(k_i | k_1, …, k_(i-1))    z = e_(k_1), …, e_(k_P) of the codebook e    x ~ p(x | decoder(z))

q(k | x) is one point: at each position, the codebook vector nearest to the encoder's output. So log p(x), a sum over
all k, is bounded by one of its terms: log p(x) ≥ log p(x | z(x)) + log p(k(x)), and -log p(k(x)) is the KL divergence.
The prior is trained along with the autoencoder, on symbols that it cannot change.
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vq_vae.codebook import Codebook, straight_through
from vaeflow.models.family.vq_vae.config import VQVAEConfig
from vaeflow.models.family.vq_vae.symbol_prior import QuantisedCodes, SymbolPrior
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.terms import Elbo, TrainingTerms
from vaeflow.models.training.batches import in_batches
from vaeflow.models.training.data import Batch, TrainingSet
from vaeflow.models.training.step import MAIN, Phase

CONTINUOUS = "continuous"
CLUSTERED_IMAGES = 2_000
"""Maximum number of training images used to initialise the codebook."""


@keras.saving.register_keras_serializable("vaeflow")
class VQVAE(LatentVariableModel):
    """A code of discrete symbols, and an autoregressive prior over the symbols."""

    config_class = VQVAEConfig
    config: VQVAEConfig
    penalty_names = ("codebook", "commitment")

    def __init__(self, config: VQVAEConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.encoder = build_encoder(config.network, data.image_shape)
        self.code = keras.layers.Dense(config.latent_dim, dtype="float32")
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)
        self.codebook = Codebook(config.codebook_size, config.latent_dim // config.positions)
        self.symbol_prior = SymbolPrior(config.positions, config.codebook_size, config.prior_width, config.prior_layers)

    def build(self, input_shape: Any = None) -> None:
        self.symbol_prior(tf.zeros((1, self.config.positions), tf.int32))
        super().build(input_shape)

    def features(self, x: tf.Tensor) -> tf.Tensor:
        """Images x → the features to be quantised, [batch, positions, D]."""
        return tf.reshape(self.code(self.encoder(x)), [-1, self.config.positions, self.codebook.dim])

    def symbols(self, x: tf.Tensor) -> tf.Tensor:
        return self.codebook.nearest(self.features(x))

    @property
    def num_symbols(self) -> int:
        return self.config.codebook_size

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return tfd.Independent(tfd.Deterministic(self.prior().codes(self.symbols(x))), 1)

    def prior(self) -> tfd.Distribution:
        return QuantisedCodes(self.symbol_prior, self.codebook)

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        """The bound, which is deterministic; the KL divergence is by position."""
        symbols = self.symbols(x)
        log_likelihood = self.likelihood(self.prior().codes(symbols)).log_prob(x)
        return Elbo(log_likelihood, -self.symbol_prior.log_prob(symbols))

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        """The bound with the penalties of eq. 3; those of a plain autoencoder in the phase before the main one."""
        features = self.features(batch.x)
        if self.phase == CONTINUOUS:
            return self._terms(batch.x, features, tf.zeros(tf.shape(features)[:2]), features)
        symbols = self.codebook.nearest(features)
        return self._terms(batch.x, features, -self.symbol_prior.log_prob(symbols), self.codebook.lookup(symbols))

    def _terms(self, x: tf.Tensor, features: tf.Tensor, kl: tf.Tensor, quantised: tf.Tensor) -> TrainingTerms:
        z = tf.reshape(straight_through(features, quantised), [-1, self.code_dim])
        penalties = {
            "codebook": squared_distance(quantised, tf.stop_gradient(features)),
            "commitment": self.config.commitment * squared_distance(features, tf.stop_gradient(quantised)),
        }
        return TrainingTerms(Elbo(self.likelihood(z).log_prob(x), kl), penalties)

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(CONTINUOUS, self.config.continuous_epochs),) if self.config.continuous_epochs else ()

    def begin(self, phase: str, data: TrainingSet) -> None:
        if phase == MAIN:
            images = data.take(CLUSTERED_IMAGES).images
            features = in_batches(lambda batch: self.features(self.observe(batch)), images)
            self.codebook.fit(features.reshape(-1, self.codebook.dim), data.seed)

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        if self.phase != CONTINUOUS:
            return super().parameter_groups()
        layers = (self.encoder, self.code, self.decoder)
        return {"model": [variable for layer in layers for variable in layer.trainable_variables]}

    def sample_codes(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        return self.prior().codes(self.symbol_prior.sample(n, seed, temperature))


def squared_distance(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """‖a - b‖² per image, of a and b [batch, positions, D]: [batch]."""
    return tf.reduce_sum(tf.math.squared_difference(a, b), axis=[1, 2])
