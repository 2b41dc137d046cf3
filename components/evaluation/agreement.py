"""Agreement of clusters with classes: scores of a contingency table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import comb, entr

Counts = NDArray[np.int64]
"""A contingency table [classes, clusters]: the number of images of each class in each cluster."""


def assignment_accuracy(counts: Counts) -> float:
    """Fraction of images in the right class under the best assignment of clusters to classes. Kuhn 1955.

    At most one cluster is assigned to each class.
    """
    return float(counts[linear_sum_assignment(counts, maximize=True)].sum() / counts.sum())


def normalised_mutual_information(counts: Counts) -> float:
    """Mutual information divided by the arithmetic mean of the two entropies; 1 if there is one class and one cluster.

    Vinh, Epps & Bailey 2010, table 2.
    """
    share = counts / counts.sum()
    entropies = entr(share.sum(axis=1)).sum() + entr(share.sum(axis=0)).sum()
    if entropies == 0:
        return 1.0
    return float(max(0, 2 * (entropies - entr(share).sum()) / entropies))


def adjusted_rand_index(counts: Counts) -> float:
    """Pairs of images that both partitions join, adjusted for chance. Hubert & Arabie 1985, eq. 5.

    1 if both partitions are trivial: everything together, or every image alone.
    """
    together = comb(counts, 2).sum()
    in_class, in_cluster = comb(counts.sum(axis=1), 2).sum(), comb(counts.sum(axis=0), 2).sum()
    expected = in_class * in_cluster / max(1, comb(counts.sum(), 2))
    largest = (in_class + in_cluster) / 2
    return 1.0 if largest == expected else float((together - expected) / (largest - expected))


AGREEMENTS: Mapping[str, Callable[[Counts], float]] = MappingProxyType({
    "accuracy": assignment_accuracy,
    "nmi": normalised_mutual_information,
    "ari": adjusted_rand_index,
})  # fmt: skip
