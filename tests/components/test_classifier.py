"""The classifier, which has no decoder, through the steps after train: what there is, and what is left out and said."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import Evaluation, Examples, FeatureNetwork, Model
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.settled import read_settled
from vaeflow.components.export import export
from vaeflow.components.images.examples import load_split
from vaeflow.components.serving.config import ExportConfig
from vaeflow.components.serving.versions import publish_to
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.building import load
from vaeflow.models.errors import InputError

pytestmark = pytest.mark.full

SKIP = ("projections", "confusion", "classification", "class_areas", "silhouette", "svm_error", "linear_probe_accuracy")
CONFIG = EvaluateConfig(
    clustering_seeds=1,
    label_draws=1,
    projections=("pca",),
    skip=SKIP,
    classify_grey=True,
    anomalies="digits",
    anomaly_images=100,
)
NEED_A_DECODER = (
    "elbo",
    "auroc_negative_elbo",
    "log_likelihood",
    "psnr",
    "sharpness_samples",
    "near_prior",
    "kid_samples",
    "aggregate_kl",
)


@pytest.fixture(scope="module")
def classifier(digits_examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Trained with 30 of the digits' labels."""
    settings = {
        "model": {"name": "classifier", "network": {"name": "dense", "hidden": [32]}},
        "objective": {"name": "cross_entropy"},
        "data": {"labels": 30},
        "epochs": 3,
        "learning_rate": 1e-2,
        "xla": False,
    }
    return train(TrainConfig.model_validate(settings), digits_examples, output=tmp_path_factory.mktemp("classifier"))


@pytest.fixture(scope="module")
def evaluation(
    classifier: Model,
    digits_examples: Examples,
    digits_features: FeatureNetwork,
    tmp_path_factory: pytest.TempPathFactory,
) -> Evaluation:
    return evaluate(CONFIG, digits_examples, classifier, digits_features, output=tmp_path_factory.mktemp("evaluation"))


def test_it_sees_the_grey_values_that_it_is_evaluated_with(
    classifier: Model, evaluation: Evaluation, digits_examples: Examples
):
    results = json.loads((evaluation.path / "metrics.json").read_text())
    model, test = load(classifier.path / "model.keras"), load_split(digits_examples, "test")
    read_settled(evaluation.path).apply(model)
    wrong = model.classify(test.images).numpy().argmax(axis=1) != test.labels
    np.testing.assert_array_equal(model.classify(test.images), model.classify(test.images / np.float32(255)))
    assert results["metrics"]["classification_error"] == pytest.approx(100 * wrong.mean())
    assert results["protocol"]["classifies_grey"]
    assert any("saw the grey values" in note for note in results["protocol"]["notes"])


def test_what_needs_a_decoder_is_left_out_and_said(evaluation: Evaluation):
    results = json.loads((evaluation.path / "metrics.json").read_text())
    assert 2 < results["metrics"]["classification_error"] < 60
    assert {"kmeans_accuracy", "knn_accuracy", "logistic_error", "active_units"} <= results["metrics"].keys()
    assert {"auroc_mahalanobis", "auroc_nearest_neighbour"} <= results["metrics"].keys()
    assert not results["metrics"].keys() & {*NEED_A_DECODER}
    assert "has no decoder and no prior" in results["protocol"]["remarks"][0]
    assert results["protocol"]["likelihood"] == ""
    report = (evaluation.path / "report.html").read_text()
    assert "has no decoder and no prior" in report
    assert "NAME-decoder" not in report
    assert "likelihood;" not in report
    assert not {"score.json", "explorer.npz"} & {path.name for path in evaluation.path.iterdir()}
    assert {path.stem for path in (evaluation.path / "figures").iterdir()} == {"loss_curves"}


def test_a_score_cannot_be_exported_without_a_decoder(
    classifier: Model, digits_examples: Examples, digits_features: FeatureNetwork, tmp_path: Path
):
    config = EvaluateConfig(score="mahalanobis")
    with pytest.raises(InputError, match=r"evaluate\.score: mahalanobis needs a generative model, .* model: none"):
        evaluate(config, digits_examples, classifier, digits_features, output=tmp_path)


@pytest.mark.parametrize("metric", NEED_A_DECODER[2:5])
def test_what_needs_a_decoder_cannot_be_required(
    metric: str,
    classifier: Model,
    digits_examples: Examples,
    digits_features: FeatureNetwork,
    tmp_path: Path,
):
    config = EvaluateConfig(require={metric: "> 0"})
    with pytest.raises(
        InputError, match=f"{metric}.* needs a generative model, and the model classifier has no decoder"
    ):
        evaluate(config, digits_examples, classifier, digits_features, output=tmp_path)


def test_the_encoder_alone_is_exported_and_published(classifier: Model, evaluation: Evaluation, tmp_path: Path):
    exported = export(ExportConfig(name="digits"), classifier, evaluation, output=tmp_path)
    assert exported.properties == {"name": "digits", "roles": "encoder"}
    assert not (tmp_path / "decoder").exists()
    signatures = tf.saved_model.load(str(tmp_path / "encoder" / "1")).signatures
    assert {"serving_default", "classify", "classify_files", "pixels"} <= signatures.keys()
    assert not [name for name in signatures if name.startswith(("reconstruct", "score"))]
    published = publish_to(tmp_path / "served", exported)
    assert (published.folder / "digits-encoder" / "1" / "saved_model.pb").exists()
    assert not (published.folder / "digits-decoder").exists()
    assert "decoder" not in (published.folder / "digits.config").read_text()
    assert "decoder" not in (tmp_path / "models.config").read_text()
