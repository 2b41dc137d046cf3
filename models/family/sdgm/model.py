"""SDGM, the skip deep generative model. Maaløe, Sønderby, Sønderby & Winther 2016, §2.3.

y ~ uniform        z ~ N(0, I)        a ~ p(a | z, y) = N(μ, diag σ²)        x ~ p(x | decoder(a, z, y))
q(a | x)        q(y | a, x)        q(z | a, x, y)
"""

from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.family.sdgm.config import SDGMConfig
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.semi_supervised.auxiliary import StackedModel
from vaeflow.models.semi_supervised.codes import broadcast_concat
from vaeflow.models.semi_supervised.deep_generative import DeepGenerativeModel
from vaeflow.models.semi_supervised.layers import Joined
from vaeflow.models.semi_supervised.pairs import Pairs


@keras.saving.register_keras_serializable("vaeflow")
class SDGM(DeepGenerativeModel, StackedModel):
    """The decoder sees all latents: the upper ones need not pass through the lower ones."""

    config_class = SDGMConfig
    config: SDGMConfig

    def __init__(self, config: SDGMConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.auxiliary_joined = Joined(2, config)
        self.auxiliary_prior_layer = DiagonalNormal(config.auxiliary_dim)

    def auxiliary(
        self, z: tf.Tensor, y: tf.Tensor, x: tf.Tensor | None = None, pairs: Pairs | None = None
    ) -> tfd.Distribution:
        return self.auxiliary_prior_layer(self.auxiliary_joined([z, y]))

    def image(self, a: tf.Tensor, z: tf.Tensor, y: tf.Tensor) -> tfd.Distribution:
        return self.decoder(broadcast_concat(a, z, y))
