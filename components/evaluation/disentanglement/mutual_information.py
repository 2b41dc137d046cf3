"""Mutual information of code dimensions and factors."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import mutual_info_score

from vaeflow.components.evaluation.disentanglement.points import Points
from vaeflow.models.arrays import Codes, FactorValues

Nats = NDArray[np.float64]

BINS = 20


def in_bins(codes: Codes) -> FactorValues:
    """Numbers [n, d] of the bins of codes [n, d]: 20 of equal width for each dimension, over its range."""
    columns = codes.T.astype(np.float64)
    return np.stack([np.digitize(column, np.histogram(column, BINS)[1][1:-1]) for column in columns], axis=1)


def mutual_information(points: Points) -> Nats:
    """I(z_j; v_k) in nats, [d, k], of the dimensions in bins and the factors."""
    binned = in_bins(points.codes).T
    return np.array([[mutual_info_score(bins, values) for values in points.factors.T] for bins in binned])


def entropies(factors: FactorValues) -> Nats:
    """H(v_k) in nats, [k], of the values [n, k] of the factors."""
    return np.array([mutual_info_score(values, values) for values in factors.T])


def largest_gaps(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference [k] of the two largest scores [d, k] of each factor; those of a single dimension themselves."""
    padded = np.vstack([np.zeros((1, scores.shape[1])), scores]) if len(scores) == 1 else scores
    ordered = np.sort(padded, axis=0)
    return ordered[-1] - ordered[-2]
