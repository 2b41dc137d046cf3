import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pydantic import ValidationError

from vaeflow.components.artifacts import Examples
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.needs import A_BOUND, LABELS
from vaeflow.models import building
from vaeflow.models.config import Observation
from vaeflow.models.errors import InputError, RunError
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.likelihoods.config import GaussianLikelihood
from vaeflow.models.networks.config import DenseNetwork

NAMES = [f"class <{i}>" for i in range(10)]
SMALL = DenseNetwork(hidden=(32,))
CONFIG = EvaluateConfig(
    importance_samples=20, clustering_seeds=2, require={"elbo": ">= -500", "kmeans_accuracy": "> 0.999"}
)
MEASURED = {name for name, metric in METRICS.items() if set(metric.needs) <= {LABELS, A_BOUND}}
FIGURES = {
    "reconstructions",
    "prior_samples",
    "latent_scatter",
    "latent_grid",
    "interpolations",
    "sharpness",
    "attributes",
    "kl_per_dimension",
    "confusion",
    "loss_curves",
}


class Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def toy(tmp_path_factory, write_examples, write_model, digits):
    """Labelled examples, and a model with two latent dimensions trained for a few epochs."""
    root = tmp_path_factory.mktemp("evaluate")
    observation = Observation(binarise="static", seed=3)
    images, labels = digits
    splits = {"train": type(digits)(images[:600], labels[:600]), "test": type(digits)(images[600:760], labels[600:760])}
    examples = write_examples(root / "examples", splits, NAMES, observation)
    examples = Examples(examples.path, {"source": "folder:<my> & 'yours'"})
    config = VAEConfig(latent_dim=2, network=SMALL)
    return examples, write_model(root / "model", images[:600], config, epochs=30, observation=observation)


@pytest.fixture(scope="module")
def evaluation(toy, tmp_path_factory):
    return evaluate(CONFIG, *toy, output=tmp_path_factory.mktemp("evaluation"))


@pytest.fixture(scope="module")
def results(evaluation):
    return json.loads((evaluation.path / "metrics.json").read_text())


@pytest.fixture(scope="module")
def page(evaluation):
    return Page((evaluation.path / "report.html").read_text())


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
        assert metrics[name] > 0.2
    assert metrics["kmeans_accuracy"]["mean"] > 0.2


def test_every_likelihood_carries_its_protocol(results):
    protocol = results["protocol"]
    assert protocol["dataset"] == "folder:<my> & 'yours'"
    assert protocol["split"] == "test"
    assert (protocol["binarisation"], protocol["binarisation_seed"]) == ("static", 3)
    assert protocol["images"] == 160
    assert protocol["importance_samples"] == 20
    assert protocol["probe_images"] == 600
    assert protocol["standard_error"].keys() == {
        *("elbo", "log_likelihood", "kl", "iw_log_likelihood"),
        *("psnr", "ssim"),
    }


def test_the_verdict_names_what_failed(results, evaluation):
    assert [check["passed"] for check in results["verdict"]["checks"]] == [True, False]
    assert results["verdict"]["passed"] is False
    assert evaluation.properties["passed"] is False
    assert evaluation.properties["elbo"] == pytest.approx(results["metrics"]["elbo"], abs=1e-3)


def test_embeddings_hold_the_posterior_of_every_test_image(evaluation, digits):
    embeddings = np.load(evaluation.path / "embeddings.npz")
    assert embeddings["ids"].tolist() == [f"test-{i}" for i in range(160)]
    assert (embeddings["labels"] == digits.labels[600:760]).all()
    assert embeddings["mean"].shape == embeddings["stddev"].shape == (160, 2)
    assert (embeddings["stddev"] > 0).all()


def test_per_image_numbers_have_the_metrics_as_their_means(evaluation, results, digits):
    rows = pq.read_table(evaluation.path / "per_image.parquet").to_pydict()
    assert rows.pop("id") == [f"test-{i}" for i in range(160)]
    assert rows.pop("label") == digits.labels[600:760].tolist()
    errors = results["protocol"]["standard_error"]
    assert rows.keys() == errors.keys()
    for name, values in rows.items():
        assert results["metrics"][name] == pytest.approx(np.mean(values), rel=1e-6)
        assert errors[name] == pytest.approx(np.std(values, ddof=1) / np.sqrt(160), rel=1e-5)


def test_every_figure_is_a_picture_of_readable_size(evaluation):
    files = list((evaluation.path / "figures").iterdir())
    assert {file.stem for file in files} == FIGURES
    for file in files:
        with Image.open(file) as image:
            assert min(image.size) > 300, file.name


def test_the_report_holds_everything_itself(page):
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) == len(FIGURES)
    assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in images)
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe")]


def test_the_report_tells_verdict_metrics_protocol_configuration_versions_and_lineage(page):
    for text in ("Failed", "k-means accuracy", "Active units", "20 importance samples", "Static", "importance_samples"):
        assert text.lower() in page.text.lower()
    for text in ("network.hidden", "tensorflow", "model.keras, SHA-256", "observation.binarise"):
        assert text in page.text


def test_the_report_says_which_way_is_better(page):
    arrows = [attributes["aria-label"] for tag, attributes in page.tags if attributes.get("role") == "img"]
    expected = [f"{METRICS[name].better} is better" for name in METRICS if name in MEASURED and METRICS[name].better]
    assert arrows == expected


def test_the_report_shows_names_with_special_characters_as_they_are(page):
    assert "folder:<my> & 'yours'" in page.text


def test_nothing_written_names_the_folder_it_was_written_to(evaluation):
    for name in ("report.html", "metrics.json"):
        assert str(evaluation.path) not in (evaluation.path / name).read_text()


def test_a_second_evaluation_measures_the_same_and_tells_what_failed(toy, results, tmp_path, caplog):
    evaluate(CONFIG, *toy, output=tmp_path)
    assert json.loads((tmp_path / "metrics.json").read_text()) == results
    assert "kmeans_accuracy is" in caplog.text
    assert "required > 0.999" in caplog.text


def test_a_sample_changes_only_what_is_costly_and_is_told(toy, results, tmp_path):
    evaluate(CONFIG.model_copy(update={"sample": 70}), *toy, output=tmp_path)
    sampled = json.loads((tmp_path / "metrics.json").read_text())
    assert (sampled["protocol"]["images"], sampled["protocol"]["sample"]) == (160, 70)
    assert results["protocol"]["sample"] == 160
    changed = {name for name, value in sampled["metrics"].items() if value != results["metrics"][name]}
    assert changed == {name for name in MEASURED if METRICS[name].costly}
    page = (tmp_path / "report.html").read_text()
    assert "k-means accuracy, " in page
    assert "from 70 of these images" in page


@pytest.fixture
def evaluate_quickly(tmp_path, write_examples, write_model):
    """Evaluate an untrained model on the given splits, with few samples."""

    def run(splits, names=None, latent_dim=3, **options):
        config = VAEConfig(latent_dim=latent_dim, network=SMALL, **options)
        examples = write_examples(tmp_path / "examples", splits, names)
        model = write_model(tmp_path / "model", splits["test"].images, config)
        output = tmp_path / "output"
        output.mkdir()
        evaluate(EvaluateConfig(importance_samples=3, clustering_seeds=2), examples, model, output=output)
        figures = {file.stem for file in (output / "figures").iterdir()}
        return json.loads((output / "metrics.json").read_text())["metrics"], figures

    return run


def test_without_labels_the_silhouette_stands_for_the_clustering(evaluate_quickly, digits):
    metrics, figures = evaluate_quickly({"test": type(digits)(digits.images[:40])})
    assert metrics.keys() == {name for name in MEASURED if LABELS not in METRICS[name].needs}
    assert figures == FIGURES - {"latent_grid", "confusion", "attributes"}


def test_colour_images_and_a_single_latent_dimension(evaluate_quickly, digits):
    images = np.random.default_rng(0).integers(0, 256, (30, 6, 4, 3), np.uint8)
    labels = np.arange(30) % 2
    splits = {"train": type(digits)(images, labels), "test": type(digits)(images, labels)}
    metrics, figures = evaluate_quickly(splits, ["a", "b"], latent_dim=1, likelihood=GaussianLikelihood())
    assert metrics.keys() == MEASURED
    assert figures == FIGURES - {"latent_grid"}


def test_a_class_missing_in_the_test_split_and_unknown_labels(evaluate_quickly, digits):
    images, labels = digits
    few = np.flatnonzero(labels < 4)[:40]
    unknown = labels[few].copy()
    unknown[:5] = -1
    splits = {"train": type(digits)(images[:50], labels[:50]), "test": type(digits)(images[few], unknown)}
    metrics, figures = evaluate_quickly(splits, NAMES)
    assert 0 <= metrics["kmeans_accuracy"]["mean"] <= 1
    assert "confusion" in figures


@pytest.mark.parametrize("count", [1, 3])
def test_fewer_images_than_classes_and_neighbours(evaluate_quickly, digits, count):
    few = type(digits)(digits.images[:count], digits.labels[:count])
    metrics, figures = evaluate_quickly({"train": few, "test": few}, NAMES)
    assert metrics["silhouette"]["mean"] is None
    assert ("interpolations" in figures) == (count > 1)


def test_labels_that_are_all_unknown_are_no_labels(evaluate_quickly, digits):
    unknown = type(digits)(digits.images[:20], np.full(20, -1))
    metrics, _ = evaluate_quickly({"train": unknown, "test": unknown}, NAMES)
    assert "knn_accuracy" not in metrics


def test_an_empty_test_split_is_an_input_error(toy, tmp_path, write_examples, digits):
    empty = type(digits)(digits.images[:0])
    examples = write_examples(tmp_path / "examples", {"test": empty})
    with pytest.raises(InputError, match="expected images in the test split"):
        evaluate(EvaluateConfig(), examples, toy[1], output=tmp_path)


def test_a_requirement_on_labels_that_are_not_there_is_an_input_error(toy, tmp_path, write_examples, digits):
    examples = write_examples(tmp_path / "examples", {"test": type(digits)(digits.images[:5])})
    config = EvaluateConfig(require={"knn_accuracy": "> 0.5"})
    with pytest.raises(InputError, match=r"evaluate.require: knn_accuracy needs labels.*elbo"):
        evaluate(config, examples, toy[1], output=tmp_path)


def test_images_of_another_shape_than_the_models_are_an_input_error(toy, tmp_path, write_examples, digits):
    examples = write_examples(tmp_path / "examples", {"test": type(digits)(digits.images[:5, :4])})
    with pytest.raises(InputError, match=re.escape("expected images of shape (8, 8, 1) as in training, got (4, 8, 1)")):
        evaluate(EvaluateConfig(), examples, toy[1], output=tmp_path)


def test_a_model_that_encodes_to_nan_is_a_run_error(tmp_path, write_examples, write_model, digits):
    examples = write_examples(tmp_path / "examples", {"test": type(digits)(digits.images[:5])})
    model = write_model(tmp_path / "model", digits.images, VAEConfig(latent_dim=2, network=SMALL))
    broken = building.load(model.path / "model.keras")
    broken.set_weights([np.full_like(weight, np.nan) for weight in broken.get_weights()])
    broken.save(model.path / "model.keras")
    with pytest.raises(RunError, match="not finite"):
        evaluate(EvaluateConfig(importance_samples=1), examples, model, output=tmp_path)


@pytest.mark.parametrize(
    ("require", "message"),
    [
        ({"elbow": "> 1"}, "elbow: no such metric. Did you mean 'elbo'"),
        ({"elbo": "-120"}, "elbo: expected a comparison"),
    ],
)
def test_a_wrong_requirement_is_refused_with_the_configuration(require, message):
    with pytest.raises(ValidationError, match=message):
        EvaluateConfig(require=require)


def test_the_configuration_is_checked_without_any_heavy_import():
    code = """
import sys
from vaeflow.components.evaluation.config import EvaluateConfig
EvaluateConfig(require={"elbo": "> 1"})
heavy = {"tensorflow", "keras", "apache_beam", "sklearn", "matplotlib", "numpy", "pyarrow", "scipy"}
print(sorted(heavy & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
