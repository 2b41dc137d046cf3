"""Maximum mean discrepancy as a U-statistic, with its standard error."""

import math
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.spread import Spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def mean_discrepancy(xx: "NDArray[np.float64]", yy: "NDArray[np.float64]", xy: "NDArray[np.float64]") -> Spread:
    """MMD² from the kernel of pairs of n x and n y, each [n, n]: without bias, so that it can be below 0.

    Gretton et al. 2012, eq. 4: the mean over i ≠ j of h(i, j) = k(xᵢ, xⱼ) + k(yᵢ, yⱼ) - k(xᵢ, yⱼ) - k(xⱼ, yᵢ). No xᵢ
    meets its own yᵢ, so y may be made from x, as reconstructions are.
    """
    return u_statistic(xx + yy - xy - xy.T)


def u_statistic(h: "NDArray[np.float64]") -> Spread:
    """Mean of symmetric values h [n, n] off the diagonal, with its standard error. Hoeffding 1948; Serfling 1980, §5.2.

    The variance is (4 (n - 2) ζ₁ + 2 ζ₂) / (n (n - 1)), where ζ₁ is the variance of E(h | i) and ζ₂ that of h.
    """
    import numpy as np

    n = len(h)
    off = h - np.diag(np.diag(h))
    rows = off.sum(axis=1) / (n - 1)
    mean = float(rows.mean())
    second = float((off**2).sum()) / (n * (n - 1)) - mean**2
    first = max(0.0, float(rows.var()) - second / (n - 1))  # a row's mean varies around E(h | i), too
    return Spread(mean, math.sqrt(max(0.0, 4 * (n - 2) * first + 2 * second) / (n * (n - 1))))
