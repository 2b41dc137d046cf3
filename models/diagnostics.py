"""What a bound and a set of codes say in the literature's units."""

import math

import numpy as np
from numpy.typing import NDArray

ACTIVE_VARIANCE = 0.01


def active(mean: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which latent dimensions are active: Var_x(E[z|x]) > 0.01, for posterior means [n, latent]. Burda et al. 2016."""
    return np.asarray(mean.var(axis=0) > ACTIVE_VARIANCE)


def bits_per_dim(elbo: float, pixels: int, data_log_scale: float) -> float:
    """A bound in nats per image as bits per pixel and channel; see `PixelLikelihood` for `data_log_scale`."""
    return (data_log_scale - elbo / pixels) / math.log(2)
