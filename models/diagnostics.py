"""Quantities that the literature reports, computed from codes or a bound."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

ACTIVE_VARIANCE = 0.01


def active(mean: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mask [latent] of active dimensions: Var_x(E[z|x]) > 0.01, for posterior means [n, latent]. Burda et al. 2016."""
    return np.asarray(mean.var(axis=0) > ACTIVE_VARIANCE)


def active_by_group(mean: NDArray[np.float32], groups: Mapping[str, int]) -> dict[str, int]:
    """How many dimensions of each part of the code are active, for parts by name with their sizes."""
    ends = np.cumsum(list(groups.values()), dtype=np.int64)
    return {name: int(part.sum()) for name, part in zip(groups, np.split(active(mean), ends), strict=False)}


def perplexity(symbols: NDArray[Any]) -> float:
    """Of the frequencies of symbols, the exponential of their entropy: as many equally frequent ones say as much."""
    frequencies = np.unique(symbols, return_counts=True)[1] / symbols.size
    return float(np.exp(-np.sum(frequencies * np.log(frequencies))))


def bits_per_dim(elbo: float, pixels: int, data_log_scale: float) -> float:
    """Bits per pixel and channel, from a bound in nats per image; see `PixelLikelihood` for `data_log_scale`."""
    return (data_log_scale - elbo / pixels) / math.log(2)
