"""AUROC, average precision and false positives against their definitions, and their deviations."""

import numpy as np
import pytest

from vaeflow.components.evaluation.anomalies.detection import (
    MEASURES,
    auroc,
    average_precision,
    detection,
    false_positives,
)

RNG = np.random.default_rng(0)
NORMAL, ANOMALOUS = RNG.normal(size=200).round(1), RNG.normal(1, size=100).round(1)


def test_auroc_is_the_probability_that_an_anomaly_has_the_larger_score():
    pairs = ANOMALOUS[:, None] - NORMAL
    assert auroc(NORMAL, ANOMALOUS) == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())


def test_average_precision_is_the_mean_precision_at_each_recall():
    distinct = np.unique(np.concatenate([NORMAL, ANOMALOUS]))[::-1]
    found = np.array([(threshold <= ANOMALOUS).sum() for threshold in distinct])
    alarms = found + np.array([(threshold <= NORMAL).sum() for threshold in distinct])
    expected = (np.diff(found, prepend=0) / len(ANOMALOUS) * found / alarms).sum()
    assert average_precision(NORMAL, ANOMALOUS) == pytest.approx(expected)


def test_false_positives_are_counted_at_the_highest_threshold_with_a_recall_of_95_per_cent():
    thresholds = [t for t in np.unique(ANOMALOUS) if (t <= ANOMALOUS).mean() >= 0.95]
    assert false_positives(NORMAL, ANOMALOUS) == (max(thresholds) <= NORMAL).mean()


def test_a_perfect_score_has_no_errors_and_no_deviation():
    found = detection(np.arange(10.0), np.arange(20.0, 30.0), seed=0)
    means = {name: value.mean for name, value in found.items()}
    assert means == pytest.approx({"auroc": 1, "average_precision": 1, "fpr95": 0})
    assert all(value.std == pytest.approx(0) for value in found.values())


def test_the_deviation_is_that_over_other_images():
    def drawn(seed: int) -> dict[str, float]:
        rng = np.random.default_rng(seed)
        normal, anomalous = rng.normal(size=200), rng.normal(1, size=100)
        return {name: measure(normal, anomalous) for name, measure in MEASURES.items()}

    others = [drawn(seed) for seed in range(300)]
    for name, value in detection(NORMAL, ANOMALOUS, seed=0).items():
        assert value.std == pytest.approx(np.std([other[name] for other in others]), rel=0.3)
