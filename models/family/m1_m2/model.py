"""M1+M2: M2 on the codes of a VAE. Kingma, Rezende, Mohamed & Welling 2014, §2 and §3.

y ~ uniform        z ~ N(0, I)        a ~ p(a | z, y) = N(μ, diag σ²)        x ~ p(x | decoder(a))
q(a | x) and p(x | a) are M1's, with a for the paper's z1 and z for its z2;        q(y | a)        q(z | a, y)
"""

import logging
from typing import Any

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.diagnostics import active
from vaeflow.models.distributions import diagonal_normal
from vaeflow.models.family.m1_m2.config import M1M2Config
from vaeflow.models.one_layer.config import OneLayerConfig
from vaeflow.models.one_layer.model import OneLayerVAE
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.semi_supervised.auxiliary import StackedModel
from vaeflow.models.semi_supervised.layers import Joined
from vaeflow.models.semi_supervised.pairs import Pairs
from vaeflow.models.terms import Elbo, TrainingTerms
from vaeflow.models.training.batches import in_batches
from vaeflow.models.training.data import Batch, TrainingSet
from vaeflow.models.training.step import MAIN, Phase, excluding

M1 = "m1"
ENCODED_IMAGES = 20_000
"""Maximum number of training images of which the variance of the posterior mean is measured."""
log = logging.getLogger(__name__)


@keras.saving.register_keras_serializable("vaeflow")
class M1M2(StackedModel):
    """M1 is trained as a VAE in a phase of its own, then frozen while M2 is trained on samples of its code.

    The bound is that of the whole model, to which M1 then only adds a constant.
    """

    config_class = M1M2Config
    config: M1M2Config

    def __init__(self, config: M1M2Config, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.auxiliary_dim = config.m1_latent_dim
        m1 = OneLayerConfig(
            name=M1, latent_dim=config.m1_latent_dim, network=config.network, likelihood=config.likelihood
        )
        self.m1 = OneLayerVAE(m1, data)
        self.decoder = self.m1.decoder
        self.class_joined = Joined(1, config)
        self.class_logits = keras.layers.Dense(data.num_classes, dtype="float32")
        self.latent_joined = Joined(2, config, of_images=1)
        self.latent_layer = DiagonalNormal(config.latent_dim)
        self.auxiliary_joined = Joined(2, config)
        self.auxiliary_layer = DiagonalNormal(config.m1_latent_dim)
        self.active = self.add_weight((config.m1_latent_dim,), "ones", trainable=False, name="active")

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(M1, self.config.m1_epochs, self.config.m1_learning_rate),)

    def begin(self, phase: str, data: TrainingSet) -> None:
        if phase == MAIN and self.config.active_units_only:
            images = data.take(ENCODED_IMAGES).images
            means = in_batches(lambda batch: self.auxiliary_posterior(self.observe(batch)).mean(), images)
            seen = active(means)
            log.info("M2 sees the %d active dimensions of M1's %d", seen.sum(), len(seen))
            self.active.assign(seen)

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        m1 = self.m1.trainable_variables
        return {"model": m1 if self.phase == M1 else excluding(m1, self.trainable_variables)}

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        if self.phase == M1:
            nothing = tf.zeros_like(batch.labels, tf.float32)
            return TrainingTerms(self.m1.elbo(batch.x, seed, num_samples=num_samples), {"classification": nothing})
        terms = super().training_terms(batch, step, seed, num_samples)
        return terms._replace(elbo=_as_m2s(terms.elbo))

    def auxiliary_posterior(self, x: tf.Tensor) -> tfd.Distribution:
        return self.m1.posterior(x)

    def log_classes(self, x: tf.Tensor, a: tf.Tensor) -> tf.Tensor:
        return tf.nn.log_softmax(self.class_logits(self.class_joined([a * self.active])))

    def latents(self, x: tf.Tensor, a: tf.Tensor, pairs: Pairs) -> tfd.Distribution:
        return self.latent_layer(self.latent_joined([a * self.active, pairs.classes], pairs=pairs))

    def auxiliary(
        self, z: tf.Tensor, y: tf.Tensor, x: tf.Tensor | None = None, pairs: Pairs | None = None
    ) -> tfd.Distribution:
        p = self.auxiliary_layer(self.auxiliary_joined([z, y]))
        return diagonal_normal(p.mean() * self.active, p.stddev() * self.active + (1 - self.active))

    def image(self, a: tf.Tensor, z: tf.Tensor, y: tf.Tensor) -> tfd.Distribution:
        return self.m1.likelihood(a)

    def expected_log_likelihood(
        self, x: tf.Tensor, a: tf.Tensor, z: tf.Tensor, log_classes: tf.Tensor, pairs: Pairs
    ) -> tf.Tensor:
        """Log p(x | a), which is the same for all classes."""
        return self.m1.likelihood(a).log_prob(x)


def _as_m2s(elbo: Elbo) -> Elbo:
    """The same bound, with M1's codes as the data that M2 models: only z and y remain in the KL divergence.

    The objective's weights and schedules act on these. The first group joins the likelihood, as
    log p(a | z, y) - log q(a | x).
    """
    return Elbo(elbo.log_likelihood - elbo.kl_terms[:, 0], elbo.kl_terms[:, 1:])
