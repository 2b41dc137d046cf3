"""Evaluation of a model with its own clusters, whose KL divergence is not split into dimensions."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.chance import agreement
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.models import building
from vaeflow.models.errors import InputError
from vaeflow.models.family.vade.config import VaDEConfig
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

NAMES = [str(digit) for digit in range(10)]
NETWORK = DenseNetwork(hidden=(32,))
CONFIG = EvaluateConfig(importance_samples=3, clustering_seeds=1)


@pytest.fixture(scope="module")
def splits(digits) -> dict:
    images, labels = digits
    return {"train": type(digits)(images[:100], labels[:100]), "test": type(digits)(images[100:160], labels[100:160])}


@pytest.fixture(scope="module")
def examples(tmp_path_factory, write_examples, splits) -> Examples:
    return write_examples(tmp_path_factory.mktemp("examples") / "examples", splits, NAMES)


@pytest.fixture(scope="module")
def vade(tmp_path_factory, write_model, splits) -> Model:
    config = VaDEConfig(latent_dim=3, clusters=6, network=NETWORK)
    return write_model(tmp_path_factory.mktemp("vade") / "model", splits["train"].images, config)


@pytest.fixture(scope="module")
def evaluation(examples, vade, digits_features, tmp_path_factory):
    return evaluate(CONFIG, examples, vade, digits_features, output=tmp_path_factory.mktemp("evaluation"))


@pytest.fixture(scope="module")
def results(evaluation):
    return json.loads((evaluation.path / "metrics.json").read_text())


@pytest.mark.full
def test_the_models_own_clusters_are_compared_with_the_classes(vade, results, splits):
    metrics = results["metrics"]
    model = building.load(vade.path / "model.keras")
    clusters = np.argmax(model.assign(model.observe(splits["test"].images)), axis=1)
    expected = agreement(splits["test"].labels, [clusters], "cluster", CONFIG.seed)
    assert {name: metrics[name] for name in expected} == {name: asdict(score) for name, score in expected.items()}
    assert "kmeans_accuracy" in metrics


@pytest.mark.full
def test_a_kl_divergence_that_is_one_number_is_not_drawn_by_dimension(evaluation, results):
    assert results["kl_per_dimension"] == pytest.approx([results["metrics"]["kl"]], rel=1e-4)
    assert not (evaluation.path / "figures" / "kl_per_dimension.png").exists()


def test_clusters_required_of_a_model_that_has_none_are_an_input_error(
    examples, write_model, digits_features, splits, tmp_path
):
    model = write_model(tmp_path / "model", splits["train"].images, VAEConfig(latent_dim=3, network=NETWORK))
    config = EvaluateConfig(require={"cluster_accuracy": "> 0.5"})
    with pytest.raises(
        InputError, match="cluster_accuracy needs a model with clusters of its own, and this vae has none"
    ):
        evaluate(config, examples, model, digits_features, output=tmp_path)
