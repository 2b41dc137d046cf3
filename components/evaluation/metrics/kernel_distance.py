"""Kernel distance (KID) between test images and other images, in the features of a network. Bińkowski et al. 2018."""

import math
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.by_image_kind import metrics_by_kind, of_each_kind
from vaeflow.components.evaluation.metrics.metric import Family
from vaeflow.components.evaluation.spread import Spread
from vaeflow.components.evaluation.u_statistics import mean_discrepancy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.feature_learning.network import Features

MAX_SUBSET = 1_000
"""Maximum number of images of each kind in a subset: every pair in it is compared."""


METRICS = metrics_by_kind("kid", "KID", "MMD² of features; 0 for equal distributions", better="lower", decimals=4)


def compute(study: "Study") -> dict[str, Spread]:
    """The distance of every kind of images that the model has."""
    return of_each_kind(study, METRICS, kernel_distance)


def kernel_distance(real: "Features", other: "Features") -> Spread:
    """KID of features [n, d] and [m, d], of which the first min(n, m) are used, with its standard error.

    The mean over disjoint subsets of at most `MAX_SUBSET` pairs. Its variance is that of independent estimates.
    """
    import numpy as np

    count = min(len(real), len(other))
    if count < 2:
        return Spread(math.nan, math.nan)
    subsets = np.array_split(np.arange(count), -(-count // MAX_SUBSET))
    found = [_of_subset(real[rows].astype(np.float64), other[rows].astype(np.float64)) for rows in subsets]
    mean = sum(part.mean for part in found) / len(found)
    return Spread(mean, math.hypot(*(part.std for part in found)) / len(found))


def _of_subset(real: "NDArray[np.float64]", other: "NDArray[np.float64]") -> Spread:
    return mean_discrepancy(cubic(real, real), cubic(other, other), cubic(real, other))


def cubic(x: "NDArray[np.float64]", y: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Kernel (x · y / d + 1)³ of features [n, d] and [m, d]: [n, m]. Bińkowski et al. 2018, §4."""
    return (x @ y.T / x.shape[1] + 1) ** 3


def note(study: "Study") -> str:
    """The kernel, the subsets and the standard error."""
    return (
        "KID is MMD² with the kernel (x · y / d + 1)³ of d features (Bińkowski et al. 2018), without bias, so that it "
        f"can be below 0. It is the mean over disjoint subsets, of at most {MAX_SUBSET:,} images of each kind, of "
        f"{len(study.measured.sample)}. Its ± is the standard error of the U-statistics of these subsets."
    )


FAMILY = Family(METRICS, compute=compute, note=note)
