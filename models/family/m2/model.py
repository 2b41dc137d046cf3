"""M2: a VAE whose code includes the class. Kingma, Rezende, Mohamed & Welling 2014, §2 and §3.

y ~ uniform        z ~ N(0, I)        x ~ p(x | decoder(z, y))        q(y | x) q(z | x, y), q(z | x, y) = N(μ, diag σ²)
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import Elbo
from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import kl_terms, standard_normal
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.semi_supervised.base import Bound, SemiSupervised, class_kl
from vaeflow.models.semi_supervised.codes import LatentAndClass, broadcast_concat, log_known
from vaeflow.models.semi_supervised.layers import Joined


@keras.saving.register_keras_serializable("vaeflow")
class M2(SemiSupervised):
    """The code is [z, y]. Unknown labels are summed over, for all images and classes in one pass."""

    config_class = M2Config
    config: M2Config

    def __init__(self, config: M2Config, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.classifier = build_encoder(config.network, data.image_shape)
        self.class_logits = keras.layers.Dense(data.num_classes, dtype="float32")
        self.encoder = build_encoder(config.network, data.image_shape)
        self.joined = Joined(2, config)
        self.latent_layer = DiagonalNormal(config.latent_dim)
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    def log_classes(self, x: tf.Tensor) -> tf.Tensor:
        """Log q(y | x), [batch, classes]."""
        return tf.nn.log_softmax(self.class_logits(self.classifier(x)))

    def latents(self, x: tf.Tensor) -> tfd.Distribution:
        """q(z | x, y) for every class: batch shape [classes, batch]."""
        return self.latent_layer(self.joined([self.encoder(x), self.one_hot(1)]))

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        return tf.exp(self.log_classes(x))

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return LatentAndClass(log_known(self.log_classes(x), labels), self.latents(x))

    def bound(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None, num_samples: int) -> Bound:
        log_classes = self.log_classes(x)
        q = LatentAndClass(log_known(log_classes, labels), self.latents(x))
        z, log_q = q.latents.experimental_sample_and_log_prob(num_samples, seed=seed)
        log_likelihood = tf.reduce_mean(self.likelihood(broadcast_concat(z, self.one_hot(1))).log_prob(x), axis=0)
        latent_kl = q.expected(kl_terms(q.latents, standard_normal(self.latent_dim), z, log_q))
        kl = tf.concat([latent_kl, class_kl(q)[:, tf.newaxis]], axis=-1)
        return Bound(Elbo(q.expected(log_likelihood), kl), log_classes[tf.newaxis])
