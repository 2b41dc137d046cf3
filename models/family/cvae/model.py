"""The conditional variational autoencoder. Sohn, Lee & Yan 2015, eq. 4, conditional on the class.

z ~ p(z | y) = N(μ_y, diag σ_y²)        x ~ p(x | decoder(z, y))        q(z | x, y)        y is given
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import kl_terms
from vaeflow.models.family.cvae.config import CVAEConfig
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.posteriors.building import build_posterior
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.semi_supervised.base import ClassModel
from vaeflow.models.semi_supervised.codes import GivenClass, LatentAndClass, broadcast_concat
from vaeflow.models.semi_supervised.layers import Joined
from vaeflow.models.terms import Elbo, JointSample, TrainingTerms
from vaeflow.models.training.data import Batch, weights_of_known


@keras.saving.register_keras_serializable("vaeflow")
class CVAE(ClassModel):
    """The code is [z, y], and every bound is one on log p(x | y). Generated images have uniformly drawn classes.

    An image without a label has the vector y = 0. It has no weight in training: means are over the labelled images.
    """

    config_class = CVAEConfig
    config: CVAEConfig

    def __init__(self, config: CVAEConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.encoder = build_encoder(config.network, data.image_shape)
        self.joined = Joined(2, config)
        self.posterior_layer = build_posterior(config.posterior, config.latent_dim)
        self.class_layer = DiagonalNormal(config.latent_dim)
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    @property
    def inferred_dim(self) -> int:
        return self.latent_dim

    def classes(self, x: tf.Tensor, labels: tf.Tensor | None) -> tf.Tensor:
        """One-hot classes y [batch, classes], all 0 where unknown."""
        known = tf.fill([tf.shape(x)[0]], -1) if labels is None else labels
        return tf.one_hot(known, self.num_classes)

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        y = self.classes(x, labels)
        return GivenClass(self.posterior_layer(self.joined([self.encoder(x), y])), y)

    def latent_prior(self) -> LatentAndClass:
        return LatentAndClass(super().latent_prior().log_classes, self.class_layer(tf.eye(self.num_classes)))

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        q = self.posterior(x, labels)
        z, log_q = q.latent.experimental_sample_and_log_prob(num_samples, seed=seed)
        log_likelihood = tf.reduce_mean(self.likelihood(broadcast_concat(z, q.y)).log_prob(x), axis=0)
        return Elbo(log_likelihood, kl_terms(q.latent, self.class_layer(q.y), z, log_q))

    def joint_at(self, x: tf.Tensor, z: tf.Tensor, log_q: tf.Tensor) -> JointSample:
        """Like the base class, given the class: the prior's density is that of the latent alone."""
        latent, y = tf.split(z, [self.latent_dim, self.num_classes], axis=-1)
        return JointSample(z, self.likelihood(z).log_prob(x), self.class_layer(y).log_prob(latent), log_q)

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        elbo = self.elbo(batch.x, seed, batch.labels, num_samples)
        weight = weights_of_known(batch.labels)
        return TrainingTerms(Elbo(elbo.log_likelihood * weight, elbo.kl_terms * weight[:, tf.newaxis]))
