import numpy as np
import pytest

from vaeflow.components.evaluation.assessment import begin
from vaeflow.components.evaluation.code_sources import (
    AGGREGATED_POSTERIOR,
    BOX,
    FITTED_PRIOR,
    PRIOR,
    SOURCES,
    STANDARD_NORMAL,
)
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.needs import Prospect
from vaeflow.components.evaluation.study import Study
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.registry import read_config


@pytest.fixture(scope="module")
def study(toy_subject, tmp_path_factory) -> Study:
    """A VAE with two latent dimensions and 160 test images."""
    return begin(
        EvaluateConfig(importance_samples=1), read_subject(*toy_subject), output=tmp_path_factory.mktemp("study")
    )


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"name": "autoencoder"}, (BOX, STANDARD_NORMAL, AGGREGATED_POSTERIOR, FITTED_PRIOR)),
        ({"name": "vae"}, (BOX, STANDARD_NORMAL, AGGREGATED_POSTERIOR, FITTED_PRIOR)),
        ({"name": "vae", "prior": {"name": "vamp"}}, SOURCES),
        ({"name": "hierarchical_vae"}, SOURCES),
        ({"name": "vq_vae"}, (AGGREGATED_POSTERIOR, PRIOR)),
        ({"name": "gumbel_vae"}, (AGGREGATED_POSTERIOR, PRIOR)),
        ({"name": "m2"}, (AGGREGATED_POSTERIOR, PRIOR)),
    ],
    ids=["autoencoder", "vae", "vamp", "hierarchical_vae", "vq_vae", "gumbel_vae", "m2"],
)
def test_a_model_has_the_sources_that_its_codes_allow(config: dict, expected: tuple):
    subject = Prospect(read_config(config), DataConfig())
    assert tuple(source for source in SOURCES if source.available(subject)) == expected


def test_the_box_is_filled_evenly_from_the_lowest_to_the_highest_mean(study: Study):
    codes = BOX.draw(study, 20_000)
    low, high = study.codes.min(axis=0), study.codes.max(axis=0)
    np.testing.assert_allclose(codes.min(axis=0), low, atol=0.01)
    np.testing.assert_allclose(codes.max(axis=0), high, atol=0.01)
    np.testing.assert_allclose(codes.std(axis=0), (high - low) / np.sqrt(12), rtol=0.02)


def test_the_aggregated_posterior_has_the_mean_of_the_held_out_posteriors_and_their_total_variance(study: Study):
    codes, measures = AGGREGATED_POSTERIOR.draw(study, 500), study.measured.sample.measures
    assert codes.shape == (80, 2)
    scores = (codes - measures["mean"][1::2]) / measures["stddev"][1::2]
    assert abs(scores.mean()) < 4 / np.sqrt(160)
    assert scores.std() == pytest.approx(1, abs=0.2)


def test_a_prior_is_fitted_to_codes_of_training_images_of_a_model_that_has_not_fitted_one(study: Study):
    fitted, codes = FITTED_PRIOR.draw(study, 5_000), study.measured.sample.measures["draw"]
    np.testing.assert_allclose(fitted.mean(axis=0), codes.mean(axis=0), atol=0.4)
    np.testing.assert_allclose(fitted.std(axis=0), codes.std(axis=0), rtol=0.25)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_gives_the_same_finite_codes_again(source, study: Study):
    codes = source.draw(study, 30)
    assert (codes.shape, codes.dtype) == ((30, 2), np.float32)
    assert np.isfinite(codes).all()
    np.testing.assert_array_equal(codes, source.draw(study, 30))
