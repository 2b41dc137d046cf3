"""What is known before any work to make a step fail."""

import sys

import numpy as np
import pytest

from vaeflow.components.artifacts import Dataset
from vaeflow.models.errors import InputError
from vaeflow.pipeline import kubeflow_runner, recipes
from vaeflow.pipeline.plan import PLAN, check, select
from vaeflow.pipeline.preconditions import labels_of_dataset


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ["train.model.name=autoencoder", "train.model.latent_dim=2", "evaluate.require={elbo: '>= -120'}"],
            "evaluate.require: elbo needs a bound on the likelihood, and the model autoencoder has none. Available",
        ),
        (
            ["evaluate.require={denoised_psnr: '>= 1'}"],
            "evaluate.require: denoised_psnr needs a model that removes",
        ),
        (
            ["evaluate.require={cluster_nmi: '>= 0'}"],
            "evaluate.require: cluster_nmi needs a model with clusters",
        ),
        (
            ["evaluate.require={mig: '>= 0.1'}"],
            "evaluate.require: mig needs known factors of variation, and at least 2 are not known of these images",
        ),
        (
            ["evaluate.require={codebook_perplexity: '>= 1'}"],
            "evaluate.require: codebook_perplexity needs a model",
        ),
        (
            ["evaluate.require={classification_error: '< 9'}"],
            "evaluate.require: classification_error needs a model",
        ),
        (["evaluate.require={svm_error: '< 9'}"], "evaluate.require: svm_error needs train.data.labels"),
        (
            ["evaluate.require={kmeans_nmi: '>= 0'}", "ingest.labels=none"],
            "evaluate.require: kmeans_nmi needs labels, and the test images have none",
        ),
        (
            ["train.model={name: m2}", "ingest.labels=none"],
            "train.model.name: m2 learns from labels, but",
        ),
        (["train.data.labels=100", "ingest.labels=none"], "train.data.labels: expected labels to keep 100 of them"),
        (
            ["ingest.source=sprites", "train.data.labels=95"],
            "train.data.labels: expected a multiple of 3, the number of classes in training, got 95",
        ),
        (
            ["train.data.labels=100", "preprocess.normal=[0, 1, 2]"],
            "train.data.labels: expected a multiple of 3, the number of classes in training, got 100; set it to 99 or",
        ),
        (["preprocess.normal=[1]", "ingest.labels=none"], "preprocess.normal: expected images with classes, but"),
        (
            ["evaluate.require={auroc_mahalanobis: '> 0.9'}"],
            "evaluate.require: auroc_mahalanobis needs preprocess.normal or evaluate.anomalies",
        ),
        (
            ["train.model={name: vq_vae, latent_dim: 16}", "evaluate.score=mahalanobis"],
            "evaluate.score: mahalanobis needs codes of real numbers, and those of the model vq_vae are discrete. "
            "Scores of this model: reconstruction_error",
        ),
        (
            ["train={model: {name: classifier}, objective: {name: cross_entropy}}", "evaluate.score=mahalanobis"],
            "evaluate.score: mahalanobis needs a generative model, and the model classifier has no decoder. Scores of",
        ),
        (
            ["train.data.labels=95"],
            "train.data.labels: expected a multiple of 10, the number of classes in",
        ),
    ],
)
def test_what_would_fail_only_after_training_is_refused_before_any_work(changes, message, tmp_path):
    config = recipes.load("digits", ["evaluate.require={}", *changes]).config
    for root in (tmp_path, None):
        with pytest.raises(InputError) as raised:
            check(PLAN, config, root)
        assert str(raised.value).startswith(message)


def test_a_dataset_whose_classes_do_not_suit_is_refused_before_training(tmp_path):
    (tmp_path / "label.labels.txt").write_text("a\nb\nc\nd\n")

    def foresee(labels, folder=tmp_path, normal=()):
        changes = ["ingest.source=folder:a", f"train.data.labels={labels}", f"preprocess.normal={[*normal]}"]
        labels_of_dataset(recipes.load("digits", changes).config, Dataset(folder))

    foresee(4)
    foresee(6, normal=("a", "c", "d"))
    with pytest.raises(InputError, match=r"train\.data\.labels: expected a multiple of 4, .*got 2; set it to 4$"):
        foresee(2)
    with pytest.raises(InputError, match=r"train\.data\.labels: expected a multiple of 3, .*got 4; set it to 3 or 6$"):
        foresee(4, normal=("a", "c", "d"))
    with pytest.raises(InputError, match=r"train\.data\.labels: expected images with labels to keep 6 of them"):
        foresee(6, tmp_path / "unlabelled")


def test_what_is_known_of_the_recipe_is_refused_when_it_is_compiled_for_kubeflow(tmp_path):
    for change in ("train.data.labels=95", "evaluate.require={svm_error: '< 9'}"):
        config = recipes.load("digits", [change]).config
        with pytest.raises(InputError, match=r"^train\.data\.labels: |^evaluate\.require: "):
            kubeflow_runner.compile(config, tmp_path / "pipeline.yaml")
    assert not list(tmp_path.iterdir())


def test_a_run_that_ends_before_it_evaluates_needs_no_metrics():
    config = recipes.load("mnist5k_2d", ["train.model.name=autoencoder"]).config
    check(select(PLAN, config, "train"), config)
    with pytest.raises(InputError, match=r"evaluate\.require: elbo"):
        check(select(PLAN, config, "evaluate"), config)


@pytest.mark.parametrize("name", recipes.RECIPES.packaged())
def test_every_packaged_recipe_meets_the_preconditions(name):
    check(PLAN, recipes.load(name).config)


def test_a_requirement_that_the_model_can_meet_is_accepted():
    model = "train.model={name: autoencoder, corruption: {name: masking}}"
    check(PLAN, recipes.load("digits", ["evaluate.require={denoised_psnr: '>= 1'}", model]).config)


def test_only_this_machine_needs_the_folder_to_publish_to(tmp_path):
    config = recipes.load("digits", ["publish.to=/dev/null"]).config
    check(PLAN, config)
    with pytest.raises(InputError, match="Cannot publish to /dev/null"):
        check(PLAN, config, tmp_path)


@pytest.mark.parametrize("place", ["runs", "runs/artifacts", "link/staging/new", "elsewhere/../runs"])
def test_a_folder_inside_that_of_all_runs_is_no_place_to_publish_to(tmp_path, place):
    (tmp_path / "runs").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("runs")
    config = recipes.load("digits", [f"publish.to={tmp_path / place}"]).config
    with pytest.raises(InputError, match=f"^Cannot publish to {tmp_path / place}: expected a folder outside "):
        check(PLAN, config, tmp_path / "runs")


def test_runs_may_be_beside_or_below_what_is_published(tmp_path):
    for place in (tmp_path, tmp_path / "runs2"):
        check(PLAN, recipes.load("digits", [f"publish.to={place}"]).config, tmp_path / "runs")


@pytest.mark.parametrize("url", ["gs://bucket/models", "s3://bucket", "hdfs://host:9000/models", "file:///models"])
def test_a_url_is_no_folder_to_publish_to(url):
    with pytest.raises(InputError, match=rf"publish\.to: expected a local path, got a URL, '{url}': mount or copy"):
        recipes.load("digits", [f"publish.to={url}"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["evaluate.anomalies=folder:{folder}/none"], r"evaluate\.anomalies\.source: \S+ does not exist"),
        (["evaluate.anomalies=npz:{folder}/two.npz"], r"evaluate\.anomalies\.images: name one of several .*a.*b"),
        (
            ["evaluate.anomalies=npz:{folder}/two.npz", "evaluate.anomalies.images=c"],
            r"evaluate\.anomalies\.images: no array 'c'",
        ),
    ],
    ids=["missing", "several", "unknown"],
)
def test_anomalies_that_cannot_be_read_are_refused_before_any_work_on_the_machine_that_evaluates(
    tmp_path, changes, message
):
    images = np.zeros((3, 4, 4), np.uint8)
    np.savez(tmp_path / "two.npz", a=images, b=images)
    config = recipes.load("digits", [change.format(folder=tmp_path) for change in changes]).config
    check(PLAN, config)
    with pytest.raises(InputError, match=rf"^{message}"):
        check(PLAN, config, tmp_path)


def test_what_the_source_of_anomalies_needs_can_be_said(tmp_path):
    images = np.zeros((3, 4, 4), np.uint8)
    np.savez(tmp_path / "two.npz", a=images, b=images)
    changes = [f"evaluate.anomalies=npz:{tmp_path / 'two.npz'}", "evaluate.anomalies.images=b"]
    config = recipes.load("digits", changes).config
    check(PLAN, config, tmp_path)
    assert config.evaluate.anomalies.title == f"npz:{tmp_path / 'two.npz'}, images b"
    section = recipes.load("digits", [f"evaluate={{anomalies: {{source: 'npz:{tmp_path / 'two.npz'}', images: b}}}}"])
    assert section.config.evaluate.anomalies == config.evaluate.anomalies


def test_a_projection_whose_package_is_missing_is_refused_before_any_work_on_the_machine_that_evaluates(
    tmp_path, monkeypatch
):
    config = recipes.load("digits", ["evaluate.projections=[pca, umap]"]).config
    monkeypatch.setitem(sys.modules, "umap", None)  # as if it was not installed
    with pytest.raises(InputError, match=r"evaluate\.projections: umap .*pip install 'vaeflow\[umap\]'"):
        check(PLAN, config, tmp_path)
    check(PLAN, config)
    check(PLAN, recipes.load("digits").config, tmp_path)
