"""AUROC, average precision and false positives against their definitions, and their intervals against other methods."""

import math
from functools import partial

import numpy as np
import pytest
from scipy.stats import bootstrap, norm
from sklearn.metrics import average_precision_score, roc_auc_score

from vaeflow.components.evaluation.anomalies.detection import detection

RNG = np.random.default_rng(0)
NORMAL, ANOMALOUS = RNG.normal(size=200).round(1), RNG.normal(1, size=100).round(1)
SHIFT = 1.0
"""Distance of two normal distributions of scores."""
AREA = norm.cdf(SHIFT / math.sqrt(2))
FALSE_POSITIVES = norm.sf(SHIFT - norm.ppf(0.95))


def known(measure, normal, anomalous):
    """A measure of scikit-learn."""
    return measure(np.repeat([False, True], [len(normal), len(anomalous)]), np.concatenate([normal, anomalous]))


def false_positives(normal, anomalous):
    """The share at the highest of all thresholds with a recall of 95 %."""
    thresholds = [t for t in np.unique(anomalous) if (t <= anomalous).mean() >= 0.95]
    return (max(thresholds) <= normal).mean()


ORACLES = {
    "auroc": partial(known, roc_auc_score),
    "average_precision": partial(known, average_precision_score),
    "fpr95": false_positives,
}


@pytest.fixture(scope="module")
def found():
    return detection(NORMAL, ANOMALOUS, seed=0)


@pytest.mark.parametrize("name", ORACLES)
def test_a_measure_of_scores_with_ties_is_as_defined(found, name):
    assert found[name].mean == pytest.approx(ORACLES[name](NORMAL, ANOMALOUS))


@pytest.mark.parametrize("name", ["average_precision", "fpr95"])
def test_the_interval_is_that_of_scipy(found, name):
    expected = bootstrap(
        (NORMAL, ANOMALOUS), ORACLES[name], vectorized=False, n_resamples=500, method="percentile", rng=1
    )
    interval = found[name]
    assert interval.low == pytest.approx(expected.confidence_interval.low, abs=0.4 * interval.std)
    assert interval.high == pytest.approx(expected.confidence_interval.high, abs=0.4 * interval.std)
    assert interval.std == pytest.approx(expected.standard_error, rel=0.15)


def test_the_area_deviates_as_delong_has_derived(found):
    """DeLong et al. 1988: from the share of the other kind that each image is on the right side of."""
    right = (ANOMALOUS[:, None] > NORMAL) + (ANOMALOUS[:, None] == NORMAL) / 2
    variance = right.mean(axis=1).var(ddof=1) / len(ANOMALOUS) + right.mean(axis=0).var(ddof=1) / len(NORMAL)
    reach = norm.ppf(0.975) * math.sqrt(variance)
    interval = found["auroc"]
    assert interval.std == pytest.approx(math.sqrt(variance), rel=0.1)
    assert (interval.low, interval.high) == pytest.approx((interval.mean - reach, interval.mean + reach), abs=reach / 5)


@pytest.mark.full
def test_about_95_per_cent_of_the_intervals_contain_what_is_true_of_the_distributions():
    """200 of them: the share deviates by 0.015 by chance, and percentiles are a little too narrow for few images."""
    rng, hits = np.random.default_rng(1), []
    for seed in range(200):
        intervals = detection(rng.normal(size=80), rng.normal(SHIFT, size=80), seed)
        true = {"auroc": AREA, "fpr95": FALSE_POSITIVES}
        hits.append([intervals[name].low <= value <= intervals[name].high for name, value in true.items()])
    assert np.mean(hits, axis=0) == pytest.approx([0.945, 0.94], abs=0.04)


def test_a_perfect_score_has_no_errors_and_no_width():
    found = detection(np.arange(10.0), np.arange(20.0, 30.0), seed=0)
    for name, value in {"auroc": 1, "average_precision": 1, "fpr95": 0}.items():
        interval = found[name]
        assert (interval.mean, interval.std, interval.low, interval.high) == pytest.approx((value, 0, value, value))


def test_the_seed_determines_the_samples(found):
    assert detection(NORMAL, ANOMALOUS, seed=0) == found
    assert detection(NORMAL, ANOMALOUS, seed=1) != found
