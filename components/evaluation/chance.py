"""Agreement of clusters with classes, with its uncertainty and its level by chance.

With few images and many classes, some scores are high for any clusters. The level by chance is what remains of a score
when the labels are permuted. The uncertainty is that of other images in the same clusters.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import random_table
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components.evaluation.agreement import AGREEMENTS, Counts
from vaeflow.components.evaluation.spread import Agreement, Spread, pooled_agreement
from vaeflow.models.arrays import Labels

DRAWS = 200
"""Number of bootstrap samples of the images, and of permutations of the labels, for each clustering."""


def agreement(labels: Labels, clusterings: Sequence[Labels], kind: str, seed: int) -> dict[str, Agreement]:
    """Accuracy, NMI and ARI of clusters [n] for labels [n], by metric name; the names begin with `kind`.

    Several clusterings of the images are pooled. Images with an unknown label, below 0, are ignored; if there are no
    others, the scores are NaN.
    """
    known, random = labels >= 0, np.random.default_rng(seed)
    if not known.any():
        undefined = Spread(math.nan, math.nan)
        return {f"{kind}_{score}": Agreement(math.nan, math.nan, undefined) for score in AGREEMENTS}
    runs = [against_chance(contingency_matrix(labels[known], clusters[known]), random) for clusters in clusterings]
    by_score = zip(AGREEMENTS, zip(*runs, strict=True), strict=True)
    return {f"{kind}_{score}": pooled_agreement(of_runs) for score, of_runs in by_score}


def against_chance(counts: Counts, random: np.random.Generator) -> list[Agreement]:
    """Each score of one clustering, in the order of `AGREEMENTS`."""
    (found,) = scores([counts])
    deviation = scores(resampled(counts, random)).std(axis=0)
    by_chance = scores(permuted(counts, random))
    chance = map(Spread, by_chance.mean(axis=0).tolist(), by_chance.std(axis=0).tolist())
    return list(map(Agreement, found.tolist(), deviation.tolist(), chance))


def scores(tables: Iterable[Counts]) -> NDArray[np.float64]:
    """The scores of contingency tables, [tables, scores]."""
    return np.array([[score(counts) for score in AGREEMENTS.values()] for counts in tables])


def resampled(counts: Counts, random: np.random.Generator) -> Iterator[Counts]:
    """Contingency tables of bootstrap samples of the images, with the clusters fixed. Efron 1979."""
    images = counts.sum()
    for _ in range(DRAWS):
        yield random.multinomial(images, (counts / images).ravel()).reshape(counts.shape)


def permuted(counts: Counts, random: np.random.Generator) -> Iterator[Counts]:
    """Contingency tables for permuted labels: random tables with the same numbers of images by class and by cluster."""
    tables = random_table(counts.sum(axis=1), counts.sum(axis=0))
    for _ in range(DRAWS):
        # SciPy's other method, Patefield's, gives wrong tables of a single row or column.
        yield tables.rvs(method="boyett", random_state=random)
