"""Quantities that the literature reports, computed from codes or a bound."""

import math

import numpy as np
from numpy.typing import NDArray

ACTIVE_VARIANCE = 0.01


def active(mean: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mask [latent] of active dimensions: Var_x(E[z|x]) > 0.01, for posterior means [n, latent]. Burda et al. 2016."""
    return np.asarray(mean.var(axis=0) > ACTIVE_VARIANCE)


def bits_per_dim(elbo: float, pixels: int, data_log_scale: float) -> float:
    """Bits per pixel and channel, from a bound in nats per image, which may be a tensor.

    See `PixelLikelihood` for `data_log_scale`.
    """
    return (data_log_scale - elbo / pixels) / math.log(2)
