"""Evaluation of a model without a bound on the likelihood."""

import json

import numpy as np
import pytest

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.models.errors import InputError
from vaeflow.models.family.autoencoder.config import AutoencoderConfig, SaltAndPepperCorruption
from vaeflow.models.networks.config import DenseNetwork

CONFIG = EvaluateConfig(clustering_seeds=1)


@pytest.fixture(scope="module")
def toy(tmp_path_factory, write_examples, write_model, digits) -> tuple[Examples, Model]:
    """Real digits without labels, and a denoising autoencoder trained on them for a few epochs."""
    root = tmp_path_factory.mktemp("without_a_bound")
    images = digits.images[:1000]
    examples = write_examples(root / "examples", {"train": type(digits)(images), "test": type(digits)(images[:40])})
    config = AutoencoderConfig(
        latent_dim=8,
        network=DenseNetwork(hidden=(64,)),
        corruption=SaltAndPepperCorruption(name="salt_and_pepper", fraction=0.3),
    )
    return examples, write_model(root / "model", images, config, epochs=10)


@pytest.fixture(scope="module")
def evaluation(toy, tmp_path_factory):
    return evaluate(CONFIG, *toy, output=tmp_path_factory.mktemp("evaluation"))


@pytest.fixture(scope="module")
def results(evaluation) -> dict:
    return json.loads((evaluation.path / "metrics.json").read_text())


def test_nothing_that_looks_like_a_bound_is_measured(results, evaluation):
    for bound in ("elbo", "kl", "iw_log_likelihood", "bits_per_dim"):
        assert bound not in results["metrics"]
        assert bound not in evaluation.properties
    assert results["kl_per_dimension"] == []
    assert not (evaluation.path / "figures" / "kl_per_dimension.png").exists()
    assert np.isfinite(results["metrics"]["log_likelihood"])


def test_the_report_says_why_and_which_prior_was_fitted(results, evaluation):
    page = (evaluation.path / "report.html").read_text()
    assert "importance samples" not in page
    assert "no bound on the likelihood" in page
    assert "a mixture of 10 normals with full covariance, was fitted" in page
    assert len(results["protocol"]["remarks"]) == 2


def test_noise_removal_is_measured_with_its_error_and_drawn(results, evaluation):
    metrics = results["metrics"]
    assert metrics["denoised_psnr"] > metrics["noisy_psnr"]
    assert metrics["denoised_ssim"] > metrics["noisy_ssim"]
    assert metrics["psnr"] >= metrics["denoised_psnr"]
    assert results["protocol"]["standard_error"].keys() >= {"denoised_psnr", "noisy_ssim", "psnr"}
    assert (evaluation.path / "figures" / "denoised.png").exists()


def test_a_requirement_on_a_bound_is_an_input_error(toy, tmp_path):
    with pytest.raises(InputError, match=r"evaluate.require: elbo needs a bound on the likelihood.*psnr"):
        evaluate(EvaluateConfig(require={"elbo": "> -100"}), *toy, output=tmp_path)
