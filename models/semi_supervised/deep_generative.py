"""What the auxiliary and the skip deep generative model share: the inference networks. Maaløe et al. 2016."""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.semi_supervised.auxiliary import AuxiliaryModel
from vaeflow.models.semi_supervised.config import AuxiliaryConfig
from vaeflow.models.semi_supervised.layers import Joined
from vaeflow.models.semi_supervised.pairs import Pairs


class DeepGenerativeModel(AuxiliaryModel):
    """q(a | x), q(y | a, x) and q(z | a, x, y), each with its own encoder; and the decoder."""

    def __init__(self, config: AuxiliaryConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.auxiliary_dim = config.auxiliary_dim
        self.auxiliary_encoder, self.class_encoder, self.latent_encoder = (
            build_encoder(config.network, data.image_shape) for _ in range(3)
        )
        self.auxiliary_layer = DiagonalNormal(config.auxiliary_dim)
        self.class_joined = Joined(2, config)
        self.class_logits = keras.layers.Dense(data.num_classes, dtype="float32")
        self.latent_joined = Joined(3, config, of_images=2)
        self.latent_layer = DiagonalNormal(config.latent_dim)
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    def auxiliary_posterior(self, x: tf.Tensor) -> tfd.Distribution:
        return self.auxiliary_layer(self.auxiliary_encoder(x))

    def log_classes(self, x: tf.Tensor, a: tf.Tensor) -> tf.Tensor:
        return tf.nn.log_softmax(self.class_logits(self.class_joined([self.class_encoder(x), a])))

    def latents(self, x: tf.Tensor, a: tf.Tensor, pairs: Pairs) -> tfd.Distribution:
        return self.latent_layer(self.latent_joined([self.latent_encoder(x), a, pairs.classes], pairs=pairs))
