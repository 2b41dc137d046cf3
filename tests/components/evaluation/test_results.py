import json
import math
from dataclasses import asdict

import pytest

from tests.protocols import PROTOCOL
from vaeflow.components.evaluation.assessment import headline
from vaeflow.components.evaluation.results import Results
from vaeflow.components.evaluation.spread import Agreement, Interval, Spread
from vaeflow.components.evaluation.verdict import Verdict
from vaeflow.pipeline.recorded_metrics import read_evaluated


def test_the_headline_has_one_finite_number_a_metric():
    metrics = {"elbo": -1.0, "bits_per_dim": math.nan, "kmeans_accuracy": Spread(mean=0.5, std=0.1), "silhouette": 1.0}
    assert headline(metrics) == {"elbo": -1.0, "kmeans_accuracy": 0.5}


def test_a_nan_is_written_as_null(tmp_path):
    protocol = PROTOCOL.model_copy(update={"standard_error": {"elbo": math.nan}})
    verdict = Verdict(passed=True, checks=())
    metrics = {"elbo": math.nan, "kmeans_nmi": Agreement(0.5, 0.1, Spread(0.25, math.nan))}
    results = Results(metrics=metrics, kl_per_dimension=(0.0,), protocol=protocol, findings=(), verdict=verdict)
    results.save(tmp_path / "metrics.json")
    content = json.loads((tmp_path / "metrics.json").read_text(), parse_constant=pytest.fail)
    assert content["metrics"]["elbo"] is None
    assert content["metrics"]["kmeans_nmi"] == {"mean": 0.5, "std": 0.1, "chance": {"mean": 0.25, "std": None}}
    assert content["protocol"]["standard_error"]["elbo"] is None


def test_every_kind_of_value_is_read_as_it_was_written(tmp_path):
    metrics = {
        "elbo": -1.0,
        "auroc_mahalanobis": Interval(0.9, 0.02, 0.86, 0.93),
        "kmeans_nmi": Agreement(0.5, 0.1, Spread(0.25, 0.01)),
        "probe": Spread(0.5, 0.1),
    }
    verdict = Verdict(passed=True, checks=())
    results = Results(metrics=metrics, kl_per_dimension=(0.0,), protocol=PROTOCOL, findings=(), verdict=verdict)
    results.save(tmp_path / "metrics.json")
    read = read_evaluated(tmp_path / "metrics.json").metrics
    assert read.pop("elbo") == -1.0
    for name, value in read.items():
        assert value.model_dump() == asdict(metrics[name])
