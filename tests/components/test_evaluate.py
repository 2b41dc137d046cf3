"""The step evaluate, on labelled digits and a model with two latent dimensions."""

import hashlib
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.assessment import assess, begin
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.metrics.manifold import Manifold
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

MET = {LABELS, GENERATIVE, A_BOUND, A_PRIOR_IN_TRAINING, REAL_CODES, SEVERAL_DIMENSIONS, SEVERAL_IMAGES}
MEASURED = {name for name, metric in METRICS.items() if set(metric.needs) <= MET}
GENERATED = ("samples", "fitted_prior")
FIGURES = {
    "reconstructions",
    "samples",
    "aggregated_posterior",
    "latent_plane",
    "latent_grid",
    "traversals",
    "interpolations",
    "sharpness",
    "attributes",
    "class_areas",
    "kl_per_dimension",
    "confusion",
    "loss_curves",
}


@pytest.fixture(scope="module")
def results(toy_evaluation):
    return json.loads((toy_evaluation.path / "metrics.json").read_text())


def test_every_metric_of_the_catalogue_is_measured(results):
    assert results["metrics"].keys() == MEASURED


def test_the_bounds_are_in_their_order(results):
    metrics = results["metrics"]
    assert metrics["elbo"] == pytest.approx(metrics["log_likelihood"] - metrics["kl"], rel=1e-5)
    assert metrics["iw_log_likelihood"] > metrics["elbo"]
    assert sum(results["kl_per_dimension"]) == pytest.approx(metrics["kl"], rel=1e-4)
    assert metrics["bits_per_dim"] == pytest.approx(-metrics["elbo"] / 64 / np.log(2), rel=1e-5)


def test_the_latent_space_of_a_trained_model_tells_the_classes_better_than_chance(results):
    metrics = results["metrics"]
    for name in ("knn_accuracy", "linear_probe_accuracy"):
        assert metrics[name]["mean"] - 2 * metrics[name]["std"] > 0.2
    accuracy = metrics["kmeans_accuracy"]
    assert accuracy["mean"] - accuracy["chance"]["mean"] > 5 * accuracy["std"]


def test_every_number_carries_its_protocol(results, digits_features):
    protocol = results["protocol"]
    assert protocol["dataset"] == "folder:<my> & 'yours'"
    assert protocol["split"] == "test"
    assert protocol["copies_across_splits"] == 3
    assert protocol["contradicting_labels"] == 2
    assert protocol["groups_across_splits"] == 2
    assert (protocol["binarisation"], protocol["binarisation_seed"]) == ("static", 3)
    assert protocol["images"] == 160
    assert protocol["importance_samples"] == 20
    assert protocol["probe_images"] == 600
    network = (digits_features.path / "features.keras").read_bytes()
    assert protocol["features"]["digest"] == hashlib.sha256(network).hexdigest()
    assert protocol["standard_error"].keys() == {
        *("elbo", "log_likelihood", "kl", "iw_log_likelihood"),
        *("bits_per_dim", "psnr", "ssim", "detail_correlation"),
    }


def test_the_verdict_names_what_failed(results, toy_evaluation):
    assert [check["passed"] for check in results["verdict"]["checks"]] == [True, False]
    assert results["verdict"]["passed"] is False
    assert toy_evaluation.properties["passed"] is False
    assert toy_evaluation.properties["elbo"] == pytest.approx(results["metrics"]["elbo"], abs=1e-3)


def test_embeddings_hold_the_posterior_of_every_test_image(toy_evaluation, digits):
    embeddings = np.load(toy_evaluation.path / "embeddings.npz")
    assert embeddings["ids"].tolist() == [f"test-{i}" for i in range(160)]
    assert (embeddings["labels"] == digits.labels[600:760]).all()
    assert embeddings["mean"].shape == embeddings["stddev"].shape == (160, 2)
    assert (embeddings["stddev"] > 0).all()


def test_per_image_numbers_have_the_metrics_as_their_means(toy_evaluation, results, digits):
    rows = pq.read_table(toy_evaluation.path / "per_image.parquet").to_pydict()
    assert rows.pop("id") == [f"test-{i}" for i in range(160)]
    assert rows.pop("label") == digits.labels[600:760].tolist()
    errors = results["protocol"]["standard_error"]
    assert np.mean(rows.pop("effective_share")) == pytest.approx(results["protocol"]["effective_share"], rel=1e-6)
    assert rows.keys() == errors.keys()
    for name, values in rows.items():
        assert results["metrics"][name] == pytest.approx(np.mean(values), rel=1e-6)
        assert errors[name] == pytest.approx(np.std(values, ddof=1) / np.sqrt(160), rel=1e-5)


def test_every_figure_is_a_picture_of_readable_size(toy_evaluation):
    files = list((toy_evaluation.path / "figures").iterdir())
    assert {file.stem for file in files} == FIGURES
    for file in files:
        with Image.open(file) as image:
            assert min(image.size) > 200, file.name


def test_nothing_written_names_the_folder_it_was_written_to(toy_evaluation):
    for name in ("report.html", "metrics.json"):
        assert str(toy_evaluation.path) not in (toy_evaluation.path / name).read_text()


@pytest.mark.full
def test_a_second_evaluation_measures_the_same(toy_config, toy_subject, results, tmp_path):
    study = begin(toy_config, read_subject(*toy_subject), output=tmp_path)
    assert json.loads(assess(study, toy_config.requirements).model_dump_json()) == results


@pytest.mark.full
def test_a_sample_changes_only_what_is_costly_and_is_told_with_what_failed(
    toy_config, toy_subject, results, tmp_path, caplog
):
    evaluate(toy_config.model_copy(update={"sample": 70}), *toy_subject, output=tmp_path)
    assert "kmeans_accuracy is" in caplog.text
    assert "required > 0.999" in caplog.text
    sampled = json.loads((tmp_path / "metrics.json").read_text())
    assert (sampled["protocol"]["images"], sampled["protocol"]["sample"]) == (160, 70)
    assert results["protocol"]["sample"] == 160
    changed = {name for name, value in sampled["metrics"].items() if value != results["metrics"][name]}
    extreme = {name for name, value in results["metrics"].items() if isinstance(value, dict) and value["std"] == 0}
    assert changed | extreme == {name for name in MEASURED if METRICS[name].costly}
    assert extreme < {f"{measure}_{kind}" for measure in Manifold._fields for kind in ("reconstructed", *GENERATED)}
    page = (tmp_path / "report.html").read_text()
    assert "k-means accuracy, " in page
    assert "from 70 of these images" in page
