"""What is known before any work to make a step fail."""

import sys

import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline import kubeflow_runner, recipes
from vaeflow.pipeline.plan import PLAN, check, select


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
            "train.data.labels: expected a multiple of 3, the number of classes, got 95",
        ),
        (["preprocess.normal=[1]", "ingest.labels=none"], "preprocess.normal: expected images with classes, but"),
        (
            ["evaluate.require={auroc_mahalanobis: '> 0.9'}"],
            "evaluate.require: auroc_mahalanobis needs preprocess.normal or evaluate.anomalies",
        ),
        (["train.data.labels=95"], "train.data.labels: expected a multiple of 10, the number of classes, got 95"),
    ],
)
def test_what_would_fail_only_after_training_is_refused_before_any_work(changes, message, tmp_path):
    config = recipes.load("digits", ["evaluate.require={}", *changes]).config
    for root in (tmp_path, None):
        with pytest.raises(InputError) as raised:
            check(PLAN, config, root)
        assert str(raised.value).startswith(message)


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


def test_a_projection_whose_package_is_missing_is_refused_before_any_work_on_the_machine_that_evaluates(
    tmp_path, monkeypatch
):
    config = recipes.load("digits", ["evaluate.projections=[pca, umap]"]).config
    monkeypatch.setitem(sys.modules, "umap", None)  # as if it was not installed
    with pytest.raises(InputError, match=r"evaluate\.projections: umap .*pip install 'vaeflow\[umap\]'"):
        check(PLAN, config, tmp_path)
    check(PLAN, config)
    check(PLAN, recipes.load("digits").config, tmp_path)
