"""Test errors: of the model's own classifier, and of classifiers that are fitted to few labels."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from vaeflow.components.artifacts import Evaluation, Examples, FeatureNetwork, Model
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.embedded import Embedded
from vaeflow.components.evaluation.metrics.few_labels import codes_at, errors
from vaeflow.components.evaluation.spread import Spread
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.components.images.examples import load_split
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.labels import choose
from vaeflow.models.building import load
from vaeflow.models.errors import InputError
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

CONFIG = EvaluateConfig(importance_samples=2, clustering_seeds=1, label_draws=3, batch_size=64)
NAMES = tuple("0123456789")


@pytest.fixture(scope="module")
def m1(digits_examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """M1, trained with 30 of the digits' labels."""
    model = {"name": "m1", "latent_dim": 5, "network": {"name": "dense", "hidden": [64]}}
    settings = {
        "model": model,
        "data": {"labels": 30, "label_seed": 4},
        "epochs": 4,
        "batch_size": 24,
        "learning_rate": 1e-2,
        "xla": False,
    }
    return train(TrainConfig.model_validate(settings), digits_examples, output=tmp_path_factory.mktemp("m1"))


@pytest.fixture(scope="module")
def evaluation(
    m1: Model, digits_examples: Examples, digits_features: FeatureNetwork, tmp_path_factory: pytest.TempPathFactory
) -> Evaluation:
    return evaluate(CONFIG, digits_examples, m1, digits_features, output=tmp_path_factory.mktemp("evaluation"))


@pytest.fixture(scope="module")
def results(evaluation: Evaluation) -> dict:
    return json.loads((evaluation.path / "metrics.json").read_text())


def codes(m1: Model, examples: Examples, split: str) -> tuple[np.ndarray, np.ndarray]:
    model, images = load(m1.path / "model.keras"), load_split(examples, split)
    return model.embed(model.observe(images.images)).numpy(), images.labels


@pytest.mark.full
def test_the_classification_error_is_the_share_that_is_wrong(m1: Model, results: dict, digits_examples: Examples):
    model, test = load(m1.path / "model.keras"), load_split(digits_examples, "test")
    wrong = model.classify(model.observe(test.images)).numpy().argmax(axis=1) != test.labels
    assert results["metrics"]["classification_error"] == pytest.approx(100 * wrong.mean())
    error = results["protocol"]["standard_error"]["classification_error"]
    assert error == pytest.approx(100 * wrong.std(ddof=1) / np.sqrt(len(wrong)))
    assert 5 < results["metrics"]["classification_error"] < 60


@pytest.mark.full
def test_the_few_label_errors_are_over_draws_of_which_training_knew_the_first(
    m1: Model, results: dict, digits_examples: Examples
):
    (train_codes, labels), (test_codes, truth) = (codes(m1, digits_examples, split) for split in ("train", "test"))
    expected: dict[str, list[np.ndarray]] = {"logistic_error": [], "svm_error": []}
    for seed in (4, 5, 6):
        chosen = choose(labels, dict(enumerate(NAMES)), 30, seed)
        for name, found in (("logistic_error", LogisticRegression(max_iter=2000)), ("svm_error", SVC())):
            wrong = found.fit(train_codes[chosen], labels[chosen]).predict(test_codes) != truth
            expected[name].append(100 * wrong)
    for name, found in expected.items():
        assert results["metrics"][name]["mean"] == pytest.approx(np.mean(found), abs=0.6)
        over_images = np.var(found, axis=1) / len(truth)
        expected_std = np.sqrt(np.var(np.mean(found, axis=1)) + np.mean(over_images))
        assert results["metrics"][name]["std"] == pytest.approx(expected_std, abs=0.3)
    assert np.mean(expected["logistic_error"][0]) == pytest.approx(results["metrics"]["classification_error"], abs=0.6)


@pytest.mark.full
def test_the_protocol_says_how_many_labels_training_knew(results: dict, evaluation: Evaluation):
    protocol = results["protocol"]
    assert (protocol["labels"], protocol["label_seed"], protocol["label_draws"]) == (30, 4, 3)
    page = (evaluation.path / "report.html").read_text()
    assert "Training used 30 labels, drawn with seed 4" in page
    assert "3 draws" in page
    assert (evaluation.path / "figures" / "classification.png").exists()


@pytest.mark.full
def test_codes_of_places_are_those_of_their_images(
    m1: Model, digits_examples: Examples, digits_features: FeatureNetwork
):
    subject = read_subject(digits_examples, m1, digits_features)
    indices = np.array([0, 3, 700, 1000])
    expected, _ = codes(m1, digits_examples, "train")
    np.testing.assert_allclose(codes_at(subject, indices, batch_size=3), expected[indices], atol=1e-5)


def test_a_metric_that_is_not_there_cannot_be_required(
    write_model: Callable[..., Model], digits_examples: Examples, digits_features: FeatureNetwork, tmp_path: Path
):
    plain = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(8,)))
    model = write_model(tmp_path / "model", load_split(digits_examples, "test").images, plain)
    for metric, reason in (("classification_error", "a model that classifies"), ("svm_error", "train.data.labels")):
        config = CONFIG.model_copy(update={"require": {metric: "<= 5"}})
        with pytest.raises(InputError, match=f"evaluate.require: {metric} needs {reason}"):
            evaluate(config, digits_examples, model, digits_features, output=tmp_path)


def test_both_classifiers_find_what_is_told_apart():
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 2
    mean = (rng.normal(size=(40, 2)) + 8 * labels[:, None]).astype(np.float32)
    assert errors(Embedded(mean[:20], labels[:20]), Embedded(mean[20:], labels[20:])) == {
        "logistic_error": Spread(0.0, 0.0),
        "svm_error": Spread(0.0, 0.0),
    }
