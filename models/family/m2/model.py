"""M2: a VAE whose code includes the class. Kingma, Rezende, Mohamed & Welling 2014, §2 and §3.

y ~ uniform        z ~ N(0, I)        x ~ p(x | decoder(z, y))        q(y | x) q(z | x, y), q(z | x, y) = N(μ, diag σ²)
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import kl_terms, standard_normal
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.semi_supervised.base import Bound, SemiSupervised, class_kl
from vaeflow.models.semi_supervised.codes import LatentAndClass, broadcast_concat, log_known
from vaeflow.models.semi_supervised.layers import Joined
from vaeflow.models.semi_supervised.pairs import AllPairs, Pairs
from vaeflow.models.terms import Elbo


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
        self.joined = Joined(2, config, of_images=1)
        self.latent_layer = DiagonalNormal(config.latent_dim)
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    def log_classes(self, x: tf.Tensor) -> tf.Tensor:
        """Log q(y | x), [batch, classes]."""
        return tf.nn.log_softmax(self.class_logits(self.classifier(x)))

    def latents(self, x: tf.Tensor, pairs: Pairs) -> tfd.Distribution:
        """q(z | x, y): its batch shape is that of the pairs of images and classes."""
        return self.latent_layer(self.joined([self.encoder(x), pairs.classes], pairs=pairs))

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        return tf.exp(self.log_classes(x))

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return LatentAndClass(log_known(self.log_classes(x), labels), self.latents(x, AllPairs(self.num_classes, 1)))

    def bound(
        self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None, num_samples: int, labelled: int = 0
    ) -> Bound:
        log_classes = self.log_classes(x)
        log_q_y = log_known(log_classes, labels)
        pairs = self.pairs(log_q_y, labels, labelled, seed)
        q_z = self.latents(x, pairs)
        z, log_q_z = q_z.experimental_sample_and_log_prob(num_samples, seed=seed)
        p = self.likelihood(broadcast_concat(z, pairs.classes))
        log_likelihood = tf.reduce_mean(p.log_prob(pairs.of(x, event=3)), axis=0)
        latent_kl = kl_terms(q_z, standard_normal(self.latent_dim), z, log_q_z)
        kl = tf.concat([pairs.expected(latent_kl, log_q_y), class_kl(log_q_y)[:, tf.newaxis]], axis=-1)
        return Bound(Elbo(pairs.expected(log_likelihood, log_q_y), kl), log_classes[tf.newaxis])
