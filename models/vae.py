"""The variational autoencoder. Kingma & Welling 2014; Rezende, Mohamed & Wierstra 2014.

z ~ N(0, I)        x ~ p(x | decoder(z))        q(z | x) = N(μ(x), diag σ²(x))
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import Observation
from vaeflow.models.distributions import DiagonalNormal, build_likelihood, standard_normal
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks import ImageShape, build_decoder, build_encoder


@keras.saving.register_keras_serializable("vaeflow")
class VAE(LatentVariableModel):
    """A standard normal prior, a diagonal normal posterior, and any likelihood of pixels."""

    def __init__(self, config: ModelConfig, image_shape: ImageShape, observation: Observation, **kwargs: Any):
        super().__init__(config, image_shape, observation, **kwargs)
        self.encoder = build_encoder(config.network, image_shape)
        self.posterior_layer = DiagonalNormal(config.latent_dim)
        self.likelihood_layer = build_likelihood(config.likelihood)
        channels = image_shape[-1] * self.likelihood_layer.parameters_per_pixel
        self.decoder = build_decoder(config.network, image_shape, channels)

    def posterior(self, x: tf.Tensor) -> tfd.Distribution:
        return self.posterior_layer(self.encoder(x))

    def prior(self) -> tfd.Distribution:
        return standard_normal(self.latent_dim)

    def likelihood(self, z: tf.Tensor) -> tfd.Distribution:
        pixels = self.decoder(tf.reshape(z, [-1, self.latent_dim]))
        return self.likelihood_layer(tf.reshape(pixels, tf.concat([tf.shape(z)[:-1], pixels.shape[1:]], 0)))

    @property
    def data_log_scale(self) -> float:
        return self.likelihood_layer.data_log_scale
