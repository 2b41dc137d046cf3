import json
import math

import numpy as np
import pytest

from vaeflow.components.evaluation.metrics import (
    Protocol,
    Results,
    Spread,
    bounds,
    headline,
    over_seeds,
    standard_errors,
)
from vaeflow.components.evaluation.verdict import Verdict
from vaeflow.models.diagnostics import active

MEASURES = {
    "log_likelihood": np.array([-10.0, -14.0], np.float32),
    "kl": np.array([2.0, 4.0], np.float32),
    "iw_log_likelihood": np.array([-11.0, -16.0], np.float32),
    "mean": np.array([[0.0, 1.0, 5.0], [0.0, 1.3, 5.0]], np.float32),
}


def test_bounds_are_means_over_the_images():
    metrics = bounds(MEASURES, pixels=5, data_log_scale=0.0)
    assert metrics["elbo"] == -15.0
    assert metrics["log_likelihood"] == -12.0
    assert metrics["kl"] == 3.0
    assert metrics["iw_log_likelihood"] == -13.5


def test_bits_per_dimension_of_a_uniform_density_are_the_bits_of_a_pixel():
    uniform = {**MEASURES, "log_likelihood": np.zeros(2), "kl": np.zeros(2)}
    assert bounds(uniform, pixels=7, data_log_scale=math.log(256))["bits_per_dim"] == pytest.approx(8.0)


def test_bits_per_dimension_of_fair_coins_are_one():
    coins = {**MEASURES, "log_likelihood": np.full(2, -7 * math.log(2)), "kl": np.zeros(2)}
    assert bounds(coins, pixels=7, data_log_scale=0.0)["bits_per_dim"] == pytest.approx(1.0)


def test_standard_errors_are_of_the_means_over_images():
    errors = standard_errors(MEASURES)
    assert errors["kl"] == pytest.approx(np.std([2, 4], ddof=1) / math.sqrt(2))
    assert errors["elbo"] == pytest.approx(np.std([-12, -18], ddof=1) / math.sqrt(2))


def test_one_image_has_no_standard_error():
    assert math.isnan(standard_errors({name: values[:1] for name, values in MEASURES.items()})["elbo"])


def test_a_unit_is_active_when_its_posterior_mean_varies_by_more_than_a_hundredth():
    base = np.array([-1.0, 1.0])
    mean = np.stack([base * math.sqrt(0.0099), base * math.sqrt(0.0101)], axis=1)
    assert active(mean).tolist() == [False, True]


def test_the_perplexity_of_a_codebook_counts_the_symbols_in_use():
    measures = {**MEASURES, "symbols": np.array([[0, 1, 2], [3, 3, 3]])}
    expected = math.exp(-(3 * math.log(1 / 6) / 6 + math.log(1 / 2) / 2))
    assert bounds(measures, pixels=5, data_log_scale=0.0)["codebook_perplexity"] == pytest.approx(expected)
    uniform = {**MEASURES, "symbols": np.arange(8).reshape(2, 4)}
    assert bounds(uniform, pixels=5, data_log_scale=0.0)["codebook_perplexity"] == pytest.approx(8)


def test_scores_over_seeds_have_mean_and_deviation():
    assert over_seeds([{"a": 1.0}, {"a": 3.0}]) == {"a": Spread(mean=2.0, std=1.0)}


def test_the_headline_has_one_finite_number_a_metric():
    metrics = {"elbo": -1.0, "bits_per_dim": math.nan, "kmeans_accuracy": Spread(mean=0.5, std=0.1), "silhouette": 1.0}
    assert headline(metrics) == {"elbo": -1.0, "kmeans_accuracy": 0.5}


def test_a_nan_is_written_as_null(tmp_path):
    protocol = Protocol(
        dataset="toy",
        split="test",
        images=1,
        likelihood="bernoulli",
        binarisation="none",
        binarisation_seed=0,
        importance_samples=1,
        standard_error={"elbo": math.nan},
        seed=0,
        clusters=1,
        clustering_seeds=1,
        neighbours=1,
        probe_images=0,
    )
    verdict = Verdict(passed=True, checks=())
    results = Results(metrics={"elbo": math.nan}, kl_per_dimension=(0.0,), protocol=protocol, verdict=verdict)
    results.save(tmp_path / "metrics.json")
    content = json.loads((tmp_path / "metrics.json").read_text(), parse_constant=pytest.fail)
    assert content["metrics"]["elbo"] is None
    assert content["protocol"]["standard_error"]["elbo"] is None
