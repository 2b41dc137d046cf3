"""Variational deep embedding. Jiang et al. 2017.

c ~ Cat(π)        z ~ N(μ_c, diag σ_c²)        x ~ p(x | decoder(z))        q(z, c | x) = N(μ(x), diag σ²(x)) q(c | x)

The model is first trained as an autoencoder. A mixture fitted to its codes then becomes the prior, and the bound is
trained.
"""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow_probability import distributions as tfd

from vaeflow.models.arrays import Codes
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.family.vade.config import VaDEConfig
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.networks.building import build_encoder
from vaeflow.models.posteriors.layers import DiagonalNormal
from vaeflow.models.priors.layers import Mixture
from vaeflow.models.priors.mixture import NormalMixture
from vaeflow.models.terms import Elbo, TrainingTerms
from vaeflow.models.training.batches import in_batches
from vaeflow.models.training.data import Batch, TrainingSet
from vaeflow.models.training.step import MAIN, Phase

PRETRAINING = "pretraining"
FITTED_IMAGES = 20_000
"""Maximum number of training images used to fit the mixture."""
RESTARTS = 10
"""Number of fits of the mixture; the likeliest one becomes the prior."""
MAX_ITERATIONS = 1000


@keras.saving.register_keras_serializable("vaeflow")
class VaDE(LatentVariableModel):
    """A VAE whose prior has one component per cluster.

    Training uses the bound of the paper, in which q(c | x) is one distribution for all codes of an image. `elbo` is the
    bound without c, which is higher by E_q(z|x) KL(q(c | x) || p(c | z)).
    """

    config_class = VaDEConfig
    config: VaDEConfig

    def __init__(self, config: VaDEConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        self.encoder = build_encoder(config.network, data.image_shape)
        self.posterior_layer = DiagonalNormal(config.latent_dim)
        self.prior_layer = Mixture(config.clusters, config.latent_dim)
        self.decoder = ImageDecoder(config.network, config.likelihood, data.image_shape)

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return self.posterior_layer(self.encoder(x))

    def prior(self) -> NormalMixture:
        return self.prior_layer.distribution()

    def assign(self, x: tf.Tensor) -> tf.Tensor:
        """Q(c | x), eq. 16 at the posterior mean: [batch, clusters]."""
        return tf.nn.softmax(self.prior().joint_log_probs(self.embed(x)))

    def phases(self) -> tuple[Phase, ...]:
        epochs = self.config.pretrain_epochs
        return (Phase(PRETRAINING, epochs),) if epochs else ()

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        if self.phase == MAIN:
            return super().parameter_groups()
        layers = (self.encoder, self.posterior_layer, self.decoder)
        return {"model": [variable for layer in layers for variable in layer.trainable_variables]}

    def begin(self, phase: str, data: TrainingSet) -> None:
        if phase == MAIN:
            self._fit_prior(data)

    def _fit_prior(self, data: TrainingSet) -> None:
        """Set the prior to the likeliest mixture fitted to the codes of training images.

        Raises `InputError` if there are fewer images than clusters.
        """
        images = data.take(FITTED_IMAGES).images
        if len(images) < self.config.clusters:
            raise InputError(
                f"train.model.clusters: must be at most the number of training images, {len(images)}, "
                f"got {self.config.clusters}"
            )
        codes = in_batches(lambda batch: self.embed(self.observe(batch)), images)
        self.prior_layer.set_components(*likeliest_mixture(codes, self.config.clusters, data.seed))

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        if self.phase == MAIN:
            return TrainingTerms(self.clustering_elbo(batch.x, seed, num_samples))
        log_likelihood = self.likelihood(self.embed(batch.x)).log_prob(batch.x)
        return TrainingTerms(Elbo(log_likelihood, tf.zeros_like(log_likelihood)[:, tf.newaxis]))

    def clustering_elbo(self, x: tf.Tensor, seed: tf.Tensor, num_samples: int = 1) -> Elbo:
        """The bound with the cluster, eq. 12: q(c | x) is the mean of p(c | z) over the samples, eq. 16."""
        q, prior = self.posterior(x), self.prior()
        z = q.sample(num_samples, seed=seed)
        log_likelihood = tf.reduce_mean(self.likelihood(z).log_prob(x), axis=0)
        log_shares = tf.nn.log_softmax(prior.joint_log_probs(z))
        log_assignment = tf.reduce_logsumexp(log_shares, axis=0) - math.log(num_samples)
        return Elbo(log_likelihood, joint_kl_terms(q.mean(), q.stddev(), log_assignment, prior))


def likeliest_mixture(codes: Codes, clusters: int, seed: int) -> tuple[NDArray[np.float64], ...]:
    """Weights [clusters], means and standard deviations [clusters, dim] of a mixture fitted to codes [n, dim].

    An autoencoder's codes spread along any direction. Axis-aligned components, with which the paper starts, would cut
    through clusters. So the fit uses full covariances, of which only the variances are kept.
    """
    from sklearn.mixture import GaussianMixture

    mixture = GaussianMixture(clusters, n_init=RESTARTS, max_iter=MAX_ITERATIONS, random_state=seed).fit(codes)
    variances = np.diagonal(mixture.covariances_, axis1=1, axis2=2)
    return mixture.weights_, mixture.means_, variances**0.5


def joint_kl_terms(mean: tf.Tensor, stddev: tf.Tensor, log_assignment: tf.Tensor, prior: NormalMixture) -> tf.Tensor:
    """KL(q(z, c | x) || p(z, c)) by groups [batch, dim + 1], the terms of eq. 12 in closed form.

    q(z | x) is N(mean, stddev²) [batch, dim], and log q(c | x) is `log_assignment` [batch, clusters]. The groups are
    Σ_c q(c | x) KL(q(z | x) || p(z | c)) for each dimension, then KL(q(c | x) || p(c)). Sums over clusters are matrix
    products.
    """
    assignment, precision = tf.exp(log_assignment), 1 / prior.scale**2
    quadratic = (
        (mean**2 + stddev**2) * (assignment @ precision)
        - 2 * mean * (assignment @ (prior.loc * precision))
        + assignment @ (prior.loc**2 * precision + 2 * tf.math.log(prior.scale))
    )
    codes = 0.5 * (quadratic - 1) - tf.math.log(stddev)
    chosen = tf.reduce_sum(assignment * (log_assignment - prior.log_weights), axis=-1)
    return tf.concat([codes, chosen[:, tf.newaxis]], axis=-1)
