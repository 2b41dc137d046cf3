"""What is known before any work to make a step fail."""

import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline import recipes
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
    ],
)
def test_what_would_fail_only_after_training_is_refused_before_any_work(changes, message):
    config = recipes.load("digits", ["evaluate.require={}", *changes]).config
    for local in (True, False):
        with pytest.raises(InputError) as raised:
            check(PLAN, config, local=local)
        assert str(raised.value).startswith(message)


def test_a_run_that_ends_before_it_evaluates_needs_no_metrics():
    config = recipes.load("mnist5k_2d", ["train.model.name=autoencoder"]).config
    check(select(PLAN, config, "train"), config)
    with pytest.raises(InputError, match=r"evaluate\.require: elbo"):
        check(select(PLAN, config, "evaluate"), config)


@pytest.mark.parametrize("name", recipes.packaged())
def test_every_packaged_recipe_meets_the_preconditions(name):
    check(PLAN, recipes.load(name).config)


def test_a_requirement_that_the_model_can_meet_is_accepted():
    model = "train.model={name: autoencoder, corruption: {name: masking}}"
    check(PLAN, recipes.load("digits", ["evaluate.require={denoised_psnr: '>= 1'}", model]).config)


def test_only_this_machine_needs_the_folder_to_publish_to():
    config = recipes.load("digits", ["publish.to=/dev/null"]).config
    check(PLAN, config, local=False)
    with pytest.raises(InputError, match="Cannot publish to /dev/null"):
        check(PLAN, config)
