"""Priors that are fitted to the codes of training images after training, for models that are trained without one.

scikit-learn does the fit. The result is stored as weights, so that it is saved and exported with the model.
"""

import keras
import numpy as np
from numpy.typing import NDArray

from vaeflow.models.arrays import Codes
from vaeflow.models.priors.mixture import NormalMixture

MIN_VARIANCE = 1e-6
"""Added to every variance, so that a constant dimension has a density too."""


class FittedMixture(keras.layers.Layer):
    """p(z) = Σ_k w_k N(z; m_k, S_k) over codes [dim], with full covariances; N(0, I) before it is fitted."""

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
        """What a reader of the results needs to know about this prior."""
        kind = f"a mixture of {self.components} normals" if self.components > 1 else "a normal"
        return (
            f"The model was trained without a prior. The prior of its samples, {kind} with full covariance, was fitted "
            "to the codes of training images after training."
        )

    def distribution(self) -> NormalMixture:
        """The prior, with event shape [dim]."""
        return NormalMixture(self.log_weights.value, self.means.value, self.scales.value)

    def fit(self, codes: Codes, seed: int) -> None:
        """Fit to codes [n, dim] by maximum likelihood, using expectation maximisation for several components."""
        from sklearn.mixture import GaussianMixture

        mixture = GaussianMixture(min(self.components, len(codes)), reg_covar=MIN_VARIANCE, random_state=seed)
        mixture.fit(codes.astype(np.float64))
        missing = self.components - len(mixture.weights_)
        weights = np.pad(mixture.weights_, (0, missing), constant_values=np.finfo(np.float32).tiny)
        self.log_weights.assign(np.log(weights))
        self.means.assign(np.pad(mixture.means_, [(0, missing), (0, 0)]))
        factors = np.linalg.cholesky(mixture.covariances_)
        self.scales.assign(np.concatenate([factors, np.broadcast_to(np.eye(self.dim), (missing, *factors.shape[1:]))]))
