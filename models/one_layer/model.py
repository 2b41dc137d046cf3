"""One layer of codes between an encoder and a decoder. Kingma & Welling 2014; Rezende, Mohamed & Wierstra 2014.

z ~ p(z), N(0, I) by default        x ~ p(x | decoder(z))        q(z | x) = N(μ(x), diag σ²(x))
"""

from typing import Any

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.one_layer.config import OneLayerConfig
from vaeflow.models.posteriors.building import build_posterior
from vaeflow.models.priors.building import build_prior
from vaeflow.models.training.data import TrainingSet


class OneLayerVAE(LatentVariableModel):
    """One layer of codes between an encoder and a decoder; the configuration sets posterior, prior and likelihood."""

    config: OneLayerConfig

    def __init__(self, config: OneLayerConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.encoder = build_encoder(config.network, data.image_shape)
        self.posterior_layer = build_posterior(config.posterior, config.latent_dim)
        self.prior_layer = build_prior(config.prior, config.latent_dim, data.image_shape)
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return self.posterior_layer(self.encoder(x))

    def prior(self) -> tfd.Distribution:
        return self.prior_layer.distribution(self.posterior)

    def initialise(self, data: TrainingSet) -> None:
        super().initialise(data)
        self.prior_layer.initialise(data)
