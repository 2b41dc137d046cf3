"""Priors that are fitted to the codes of training images when training is over, for models that were trained without.

The fit is scikit-learn's; its numbers are kept as weights, so that they are saved and exported with the model.
"""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow_probability import distributions as tfd

from vaeflow.models.observation import GENERATOR
from vaeflow.models.priors.config import FittedPrior, MixtureFit

MIN_VARIANCE = 1e-6
"""Added to every variance: a dimension that never varies still gets a density."""


class FittedMixture(keras.layers.Layer):
    """p(z) = Σ_k w_k N(z; m_k, S_k) over codes [dim], with full covariances; N(0, I) until it is fitted."""

    def __init__(self, components: int, dim: int):
        super().__init__(dtype="float32")
        self.components, self.dim = components, dim
        identity = np.broadcast_to(np.eye(dim), (components, dim, dim))
        self.log_weights = self._constant(np.full(components, -np.log(components)))
        self.means = self._constant(np.zeros((components, dim)))
        self.scales = self._constant(identity)

    def _constant(self, value: NDArray[np.float64]) -> keras.Variable:
        initial = keras.initializers.Constant(value.astype(np.float32))
        return self.add_weight(shape=value.shape, initializer=initial, trainable=False)

    @property
    def remark(self) -> str:
        """What a reader of results has to know of this prior."""
        kind = f"a mixture of {self.components} normals" if self.components > 1 else "a normal"
        return (
            f"The model was trained without a prior: what its samples are drawn from, {kind} with full covariance, was "
            "fitted to the codes of training images after training."
        )

    def distribution(self) -> tfd.Distribution:
        """The prior, with event shape [dim]."""
        return tfd.MixtureSameFamily(
            tfd.Categorical(logits=self.log_weights.value),
            tfd.MultivariateNormalTriL(self.means.value, scale_tril=self.scales.value),
        )

    def sample(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Codes [n, dim]; the temperature scales every component's deviations from its mean."""
        chance, noise = tf.unstack(tf.random.split(seed, 2))
        u = tf.random.stateless_uniform([n, 1], chance, alg=GENERATOR)
        below = tf.cumsum(tf.exp(self.log_weights.value))[:-1]
        component = tf.reduce_sum(tf.cast(u > below, tf.int32), axis=-1)
        e = tf.random.stateless_normal([n, self.dim], noise, alg=GENERATOR)
        deviation = tf.linalg.matvec(tf.gather(self.scales.value, component), e)
        return tf.gather(self.means.value, component) + temperature * deviation

    def fit(self, codes: NDArray[np.float32], seed: int) -> None:
        """Maximum likelihood on codes [n, dim], by expectation maximisation where there are several components."""
        from sklearn.mixture import GaussianMixture

        mixture = GaussianMixture(min(self.components, len(codes)), reg_covar=MIN_VARIANCE, random_state=seed)
        mixture.fit(codes.astype(np.float64))
        missing = self.components - len(mixture.weights_)
        weights = np.pad(mixture.weights_, (0, missing), constant_values=np.finfo(np.float32).tiny)
        self.log_weights.assign(np.log(weights))
        self.means.assign(np.pad(mixture.means_, [(0, missing), (0, 0)]))
        factors = np.linalg.cholesky(mixture.covariances_)
        self.scales.assign(np.concatenate([factors, np.broadcast_to(np.eye(self.dim), (missing, *factors.shape[1:]))]))


def build_fitted_prior(config: FittedPrior, dim: int) -> FittedMixture:
    """The prior that a configuration describes: a Gaussian is a mixture of one."""
    return FittedMixture(config.components if isinstance(config, MixtureFit) else 1, dim)
