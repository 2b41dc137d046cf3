"""Distances of codes from a set of codes. Importable without TensorFlow and NumPy."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaeflow.models.config import Config

if TYPE_CHECKING:
    import tensorflow as tf

    from vaeflow.models.arrays import Codes

_RIDGE = 1e-6
"""Smallest variance in any direction, as a share of the mean one: of a collapsed dimension there is hardly any."""


class Gaussian(Config):
    """A normal distribution of codes: its mean [code], and the whitening [code][code] W with W Wᵀ = Σ⁻¹."""

    mean: Sequence[float]
    whitening: Sequence[Sequence[float]]

    def distance(self, codes: "Codes | tf.Tensor") -> "tf.Tensor":
        """Mahalanobis distance of codes [batch, code] from the mean, [batch]. Mahalanobis 1936."""
        import tensorflow as tf

        difference = tf.cast(codes, tf.float32) - tf.constant(self.mean, tf.float32)
        return tf.norm(difference @ tf.constant(self.whitening, tf.float32), axis=-1)


def fit_gaussian(codes: "Codes") -> Gaussian:
    """The normal distribution with the mean and the covariance of codes [n, code]."""
    import numpy as np

    wide = codes.astype(np.float64)
    covariance = np.atleast_2d(np.cov(wide, rowvar=False, bias=True))
    variances, directions = np.linalg.eigh(covariance)
    floor = max(_RIDGE * variances.mean(), np.finfo(np.float32).tiny)
    whitening = directions / np.sqrt(np.maximum(variances, floor))
    return Gaussian(mean=wide.mean(axis=0).tolist(), whitening=whitening.tolist())
