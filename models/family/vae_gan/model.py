"""The VAE/GAN: a VAE with a learned similarity instead of pixel errors. Larsen et al. 2016.

z ~ p(z)        x̃ = decoder(z)        Dis_l(x) ~ N(Dis_l(x̃), s² I), features of layer l of a discriminator, eq. 7

The encoder minimises KL - log p(Dis_l(x) | z), the decoder -γ log p(Dis_l(x) | z) plus the generator's loss, and the
discriminator learns to tell real images from reconstructions and from samples of the prior: algorithm 1.
"""

from math import prod
from typing import Any

import keras
import tensorflow as tf

from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import kl_terms
from vaeflow.models.family.vae_gan.config import VAEGANConfig
from vaeflow.models.family.vae_gan.game import Game
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.one_layer.model import OneLayerVAE
from vaeflow.models.perception.features import NOT_TRAINED_FOR_PIXELS, FeatureNetwork
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses
from vaeflow.models.training.step import excluding

SMALLEST_VARIANCE = 1e-6


@keras.saving.register_keras_serializable("vaeflow")
class VAEGAN(OneLayerVAE):
    """Encoder, decoder and discriminator, each with its own optimizer.

    `elbo` is the bound under the configured pixel likelihood, as for any VAE: a true bound, but not what is trained. In
    training, the terms of that name are those of the features, up to the constant of eq. 7.
    """

    config_class = VAEGANConfig
    config: VAEGANConfig
    objective: ElboObjective
    comparable_epochs = False
    penalty_names = ("discriminator", "generator", "discriminator_held", "decoder_held")

    def __init__(self, config: VAEGANConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.discriminator = FeatureNetwork(build_encoder, config.network, data.image_shape, 1)

    @property
    def remarks(self) -> tuple[str, ...]:
        return (
            "In training, reconstructions were compared by the features of a discriminator.",
            NOT_TRAINED_FOR_PIXELS,
        )

    def build(self, input_shape: Any = None) -> None:
        self.discriminator(tf.zeros((1, *self.image_shape)))
        super().build(input_shape)

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """Encoder, decoder and discriminator; any parameters of the prior are trained with the encoder."""
        groups = {"decoder": self.decoder.trainable_variables, "discriminator": self.discriminator.trainable_variables}
        others = [variable for variables in groups.values() for variable in variables]
        return {"encoder": excluding(others, self.trainable_variables), **groups}

    def losses(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        posterior_seed, prior_seed = tf.unstack(tf.random.split(seed, 2))
        q = self.posterior(batch.x)
        z, log_q = q.experimental_sample_and_log_prob(self.objective.config.samples, seed=posterior_seed)
        samples = self.prior().sample(tf.shape(batch.x)[0], seed=prior_seed)
        kl = kl_terms(q, self.prior(), z, log_q)
        real_features, real = self._discriminate(batch.x)
        reconstructed_features, reconstructed = self._discriminate(self.likelihood(z).mean())
        _, sampled = self._discriminate(self.likelihood(samples).mean())
        log_likelihood = feature_log_likelihood(real_features, reconstructed_features)
        game = Game(real, reconstructed, sampled, self.config)
        weight = self.config.gamma * self.objective.config.reconstruction_weight
        objective = self.objective.weighted(log_likelihood, kl, step)
        by_group = {
            "encoder": -tf.reduce_mean(objective),
            "decoder": tf.reduce_mean(game.generator - weight * log_likelihood),
            "discriminator": tf.reduce_mean(game.discriminator),
        }
        total = tf.reduce_sum(kl, axis=-1)
        terms = {"elbo": log_likelihood - total, "log_likelihood": log_likelihood, "kl": total, **game.terms()}
        return Losses(objective, terms, by_group, game.held())

    def _discriminate(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The discriminator's features [..., n] of images [..., h, w, c], and its logits [...] that they are real.

        The features are those of the layer in which reconstructions are compared.
        """
        activations = self.discriminator(tf.reshape(images, [-1, *self.image_shape]))
        features = activations.features[-min(self.config.feature_layer, len(activations.features))]
        count = tf.shape(images)[:-3]
        rows = tf.reshape(features, tf.concat([count, [prod(features.shape[1:])]], axis=0))
        return rows, tf.reshape(activations.outputs, count)


def feature_log_likelihood(real: tf.Tensor, reconstructed: tf.Tensor) -> tf.Tensor:
    """Log N(Dis_l(x); Dis_l(x̃), s² I) without its constant: features [batch, n] and [samples, batch, n] → [batch].

    Larsen et al. 2016, eq. 7. s² is the mean variance of the features over the batch. The paper uses s² = 1, and a
    discriminator that normalises its features over the batch.
    """
    variance = tf.reduce_mean(tf.math.reduce_variance(real, axis=0))
    squares = tf.reduce_sum(tf.math.squared_difference(reconstructed, real), axis=-1)
    return -0.5 * tf.reduce_mean(squares, axis=0) / tf.maximum(variance, SMALLEST_VARIANCE)
