"""Evaluations of splits without labels, with few images, in colour, or with missing classes."""

import json

import numpy as np
import pytest

from vaeflow.components.evaluation.assessment import assess, begin
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.gallery import draw, save_pictures
from vaeflow.components.evaluation.needs import (
    A_BOUND,
    A_PRIOR_IN_TRAINING,
    GENERATIVE,
    LABELS,
    REAL_CODES,
    SEVERAL_DIMENSIONS,
    SEVERAL_IMAGES,
)
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.likelihoods.config import GaussianLikelihood
from vaeflow.models.networks.config import DenseNetwork

NAMES = [str(i) for i in range(10)]
MET = {LABELS, GENERATIVE, A_BOUND, A_PRIOR_IN_TRAINING, REAL_CODES, SEVERAL_IMAGES}
ONE_DIMENSION = {name for name, metric in METRICS.items() if set(metric.needs) <= MET}
MEASURED = {name for name, metric in METRICS.items() if set(metric.needs) <= MET | {SEVERAL_DIMENSIONS}}
PROJECTED = {"pca_trustworthiness", "tsne_trustworthiness"}
WITHOUT_LABELS = {
    "reconstructions",
    "samples",
    "aggregated_posterior",
    "traversals",
    "interpolations",
    "sharpness",
    "kl_per_dimension",
    "loss_curves",
}


@pytest.fixture
def evaluate_quickly(tmp_path, write_examples, write_model, write_features):
    """Evaluate an untrained model on the given splits with few samples: the results, and the figures by name."""

    def run(splits, names=None, latent_dim=3, **options):
        config = VAEConfig(latent_dim=latent_dim, network=DenseNetwork(hidden=(32,)), **options)
        examples = write_examples(tmp_path / "examples", splits, names)
        model = write_model(tmp_path / "model", splits["test"].images, config)
        settings = EvaluateConfig(importance_samples=3, clustering_seeds=2)
        features = write_features(tmp_path / "features", splits["test"].images)
        study = begin(settings, read_subject(examples, model, features), output=tmp_path)
        return json.loads(assess(study, ()).model_dump_json()), {picture.name: picture for picture in draw(study)}

    return run


@pytest.mark.full
def test_without_labels_the_silhouette_stands_for_the_clustering(evaluate_quickly, digits):
    unlabelled = type(digits)(digits.images[:40])
    results, figures = evaluate_quickly({"train": unlabelled, "test": unlabelled})
    assert results["metrics"].keys() == {name for name in MEASURED if LABELS not in METRICS[name].needs} | PROJECTED
    assert figures.keys() == WITHOUT_LABELS | {"projections"}
    assert "projected by PCA, t-SNE (perplexity 30) with seed 0" in " ".join(results["protocol"]["notes"])


@pytest.mark.full
def test_colour_images_a_single_latent_dimension_and_names_of_any_script(evaluate_quickly, digits):
    images = np.random.default_rng(0).integers(0, 256, (30, 6, 4, 3), np.uint8)
    labels = np.arange(30) % 2
    splits = {"train": type(digits)(images, labels), "test": type(digits)(images, labels)}
    results, figures = evaluate_quickly(splits, ["猫", "😀"], latent_dim=1, likelihood=GaussianLikelihood())
    assert results["metrics"].keys() == ONE_DIMENSION
    assert figures.keys() == WITHOUT_LABELS | {"confusion", "attributes", "latent_line"}
    for name in ("latent_line", "confusion", "attributes"):  # Matplotlib would warn of a missing glyph
        figures[name].figure.draw_without_rendering()
    notes = " ".join(results["protocol"]["notes"])
    assert "divided by 72 dimensions and ln 2, for pixels k/255 of k = 0 to 255, without dequantisation" in notes
    assert "window of 4×4 pixels" in notes


@pytest.mark.full
def test_a_class_missing_in_the_test_split_and_unknown_labels(evaluate_quickly, digits):
    images, labels = digits
    few = np.flatnonzero(labels < 4)[:40]
    unknown = labels[few].copy()
    unknown[:5] = -1
    splits = {"train": type(digits)(images[:50], labels[:50]), "test": type(digits)(images[few], unknown)}
    results, figures = evaluate_quickly(splits, NAMES)
    assert results["protocol"]["clusters"] == 4
    assert 0 <= results["metrics"]["kmeans_accuracy"]["mean"] <= 1
    assert "confusion" in figures


@pytest.mark.parametrize("count", [1, 3])
def test_fewer_images_than_classes_and_neighbours(evaluate_quickly, digits, count, tmp_path):
    few = type(digits)(digits.images[:count], digits.labels[:count])
    results, figures = evaluate_quickly({"train": few, "test": few}, NAMES)
    assert results["metrics"]["silhouette"]["mean"] is None
    assert results["metrics"]["pca_trustworthiness"]["mean"] is None
    assert "projections" not in figures
    assert ("interpolations" in figures) == (count > 1)
    found = {finding["name"] for finding in results["findings"]}
    assert "few_test_images" in found  # also where they all agree
    assert count > 1 or not {"no_better_than_chance", "posterior_collapse"} & found
    assert save_pictures(figures.values(), tmp_path / "figures")


@pytest.mark.full
def test_labels_that_are_all_unknown_are_no_labels(evaluate_quickly, digits):
    unknown = type(digits)(digits.images[:20], np.full(20, -1))
    results, _ = evaluate_quickly({"train": unknown, "test": unknown}, NAMES)
    assert "knn_accuracy" not in results["metrics"]
    assert results["protocol"]["clusters"] == 10
