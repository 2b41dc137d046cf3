"""How well a score tells anomalies from normal images, with 95 % intervals over bootstrap samples of both.

A measure is computed from how many normal images and anomalies reach each of the distinct scores, so that a bootstrap
sample needs no sorting.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.evaluation.spread import Interval

DRAWS = 1_000
"""Number of bootstrap samples."""
PERCENTILES = (2.5, 97.5)
RECALL = 0.95

Scores = NDArray[np.floating[Any]]
Counts = NDArray[np.integer[Any]]


class Reached(NamedTuple):
    """The numbers of normal images and of anomalies at or above each threshold, from the highest, [thresholds]."""

    normal: Counts
    anomalous: Counts


def auroc(reached: Reached) -> float:
    """Area under the ROC curve: the probability that an anomaly has the larger score. Hanley & McNeil 1982."""
    normal, anomalous = reached
    mean_height = anomalous - _steps(anomalous) / 2
    return float(_steps(normal) @ mean_height / (normal[-1] * anomalous[-1]))


def average_precision(reached: Reached) -> float:
    """Precision in finding anomalies, averaged over the recall. Davis & Goadrich 2006."""
    normal, anomalous = reached
    precision = anomalous / np.maximum(normal + anomalous, 1)
    return float(_steps(anomalous) @ precision / anomalous[-1])


def false_positives(reached: Reached) -> float:
    """Share of the normal images at or above the threshold at which 95 % of the anomalies are found."""
    normal, anomalous = reached
    threshold = np.searchsorted(anomalous, np.ceil(RECALL * anomalous[-1]))
    return float(normal[threshold] / normal[-1])


MEASURES: Mapping[str, Callable[[Reached], float]] = {
    "auroc": auroc,
    "average_precision": average_precision,
    "fpr95": false_positives,
}


def detection(normal: Scores, anomalous: Scores, seed: int) -> dict[str, Interval]:
    """Every measure for scores of normal images [n] and of anomalies [m].

    The interval is between percentiles of the measure over samples, with replacement, of n normal images and of m
    anomalies. Efron & Tibshirani 1993, §13.3.
    """
    distinct, places = np.unique(-np.concatenate([normal, anomalous]), return_inverse=True)
    kinds = np.split(places, [len(normal)])
    rng = np.random.default_rng(seed)

    def measured(*kinds: Counts) -> list[float]:
        reached = Reached(*(np.cumsum(np.bincount(kind, minlength=len(distinct))) for kind in kinds))
        return [measure(reached) for measure in MEASURES.values()]

    drawn = np.array([measured(*(rng.choice(kind, len(kind)) for kind in kinds)) for _ in range(DRAWS)])
    columns = (measured(*kinds), np.std(drawn, axis=0), *np.percentile(drawn, PERCENTILES, axis=0))
    return {name: Interval(*map(float, numbers)) for name, *numbers in zip(MEASURES, *columns, strict=True)}


def _steps(counts: Counts) -> Counts:
    return np.diff(counts, prepend=0)
