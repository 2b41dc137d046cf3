"""How well a score tells anomalies from normal images, with the deviation over bootstrap samples of both."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from vaeflow.components.evaluation.spread import Spread

RESAMPLES = 200
RECALL = 0.95

Scores = NDArray[np.floating[Any]]


def auroc(normal: Scores, anomalous: Scores) -> float:
    """Area under the ROC curve: the probability that an anomaly has the larger score. Hanley & McNeil 1982."""
    return float(roc_auc_score(*_joined(normal, anomalous)))


def average_precision(normal: Scores, anomalous: Scores) -> float:
    """Precision in finding anomalies, averaged over the recall. Davis & Goadrich 2006."""
    return float(average_precision_score(*_joined(normal, anomalous)))


def false_positives(normal: Scores, anomalous: Scores) -> float:
    """Share of the normal images at or above the threshold at which 95 % of the anomalies are found."""
    found = int(np.ceil(RECALL * len(anomalous)))
    return float(np.mean(normal >= np.sort(anomalous)[-found]))


MEASURES: Mapping[str, Callable[[Scores, Scores], float]] = {
    "auroc": auroc,
    "average_precision": average_precision,
    "fpr95": false_positives,
}


def detection(normal: Scores, anomalous: Scores, seed: int) -> dict[str, Spread]:
    """Every measure for scores of normal images [n] and of anomalies [m]."""
    rng = np.random.default_rng(seed)
    drawn = [(_resampled(normal, rng), _resampled(anomalous, rng)) for _ in range(RESAMPLES)]
    return {
        name: Spread(measure(normal, anomalous), float(np.std([measure(*some) for some in drawn])))
        for name, measure in MEASURES.items()
    }


def _resampled(scores: Scores, rng: np.random.Generator) -> Scores:
    return scores[rng.integers(0, len(scores), len(scores))]


def _joined(normal: Scores, anomalous: Scores) -> tuple[NDArray[np.bool_], Scores]:
    """Whether each image is an anomaly, and its score."""
    return np.repeat([False, True], [len(normal), len(anomalous)]), np.concatenate([normal, anomalous])
