"""ADGM, the auxiliary deep generative model. Maaløe, Sønderby, Sønderby & Winther 2016, §2.1 and §2.2.

y ~ uniform        z ~ N(0, I)        x ~ p(x | decoder(z, y))        a ~ p(a | x, z, y) = N(μ, diag σ²)
q(a | x)        q(y | a, x)        q(z | a, x, y)
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.family.adgm.config import ADGMConfig
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.semi_supervised.codes import broadcast_concat
from vaeflow.models.semi_supervised.deep_generative import DeepGenerativeModel
from vaeflow.models.semi_supervised.layers import Joined
from vaeflow.models.semi_supervised.pairs import Pairs
from vaeflow.models.terms import JointSample


@keras.saving.register_keras_serializable("vaeflow")
class ADGM(DeepGenerativeModel):
    """The code is [z, y]. Images do not depend on a, which correlates z and y in q once it is integrated out.

    That integral is intractable: `posterior` is taken at the mean of q(a | x), and every bound samples a.
    """

    config_class = ADGMConfig
    config: ADGMConfig

    def __init__(self, config: ADGMConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.reverse_encoder = build_encoder(config.network, data.image_shape)
        self.auxiliary_joined = Joined(3, config, of_images=1)
        self.auxiliary_prior_layer = DiagonalNormal(config.auxiliary_dim)

    def auxiliary(
        self, z: tf.Tensor, y: tf.Tensor, x: tf.Tensor | None = None, pairs: Pairs | None = None
    ) -> tfd.Distribution:
        return self.auxiliary_prior_layer(self.auxiliary_joined([self.reverse_encoder(x), z, y], pairs=pairs))

    def image(self, a: tf.Tensor, z: tf.Tensor, y: tf.Tensor) -> tfd.Distribution:
        return self.decoder(broadcast_concat(z, y))

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return self.given_auxiliary(x, self.auxiliary_posterior(x).mean(), labels)

    def joint_sample(
        self, x: tf.Tensor, num_samples: int, seed: tf.Tensor, labels: tf.Tensor | None = None
    ) -> JointSample:
        """Like the base class, with log q(a, z, y | x) - log p(a | x, z, y) as the posterior's log-density. Eq. 4."""
        auxiliary_seed, latent_seed = tf.unstack(tf.random.split(seed, 2))
        a, log_q_a = self.auxiliary_posterior(x).experimental_sample_and_log_prob(num_samples, seed=auxiliary_seed)
        code, log_q = self.given_auxiliary(x, a, labels).experimental_sample_and_log_prob(seed=latent_seed)
        z, y = tf.split(code, [self.latent_dim, self.num_classes], axis=-1)
        log_p_a = self.auxiliary(z, y, x).log_prob(a)
        log_prior = self.prior().log_prob(code)
        return JointSample(code, self.likelihood(code).log_prob(x), log_prior, log_q_a + log_q - log_p_a)
