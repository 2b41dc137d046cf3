import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from vaeflow.models.priors.building import build_fitted_prior
from vaeflow.models.priors.config import GaussianFit, MixtureFit
from vaeflow.models.priors.fitted import FittedMixture
from vaeflow.models.priors.mixture import sample_at_temperature

SEED = tf.constant([1, 2])


@pytest.fixture(scope="module")
def codes() -> np.ndarray:
    """Two clouds of different shape."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=(300, 3)) @ [[1.0, 0.5, 0.0], [0.0, 0.4, 0.3], [0.0, 0.0, 2.0]]
    return np.concatenate([first, rng.normal(5, 0.3, (100, 3))]).astype(np.float32)


def test_before_it_is_fitted_it_is_the_standard_normal(codes):
    prior = build_fitted_prior(MixtureFit(components=4), 3)
    expected = multivariate_normal(np.zeros(3), np.eye(3)).logpdf(codes)
    np.testing.assert_allclose(prior.distribution().log_prob(codes), expected, rtol=1e-4)


def test_a_fitted_gaussian_has_the_mean_and_the_covariance_of_the_codes(codes):
    prior = build_fitted_prior(GaussianFit(), 3)
    prior.fit(codes, seed=0)
    expected = multivariate_normal(codes.mean(axis=0), np.cov(codes.T, bias=True)).logpdf(codes)
    np.testing.assert_allclose(prior.distribution().log_prob(codes), expected, rtol=1e-3)


def test_a_fitted_mixture_has_the_density_of_scikit_learns(codes):
    prior = build_fitted_prior(MixtureFit(components=2), 3)
    prior.fit(codes, seed=0)
    expected = GaussianMixture(2, random_state=0).fit(codes.astype(np.float64)).score_samples(codes)
    np.testing.assert_allclose(prior.distribution().log_prob(codes), expected, rtol=1e-3, atol=1e-3)


def test_its_samples_have_the_moments_of_the_codes_and_are_those_of_its_seed(codes):
    prior = build_fitted_prior(MixtureFit(components=2), 3)
    prior.fit(codes, seed=0)
    samples = sample_at_temperature(prior.distribution(), 20_000, SEED, 1.0).numpy()
    np.testing.assert_allclose(samples.mean(axis=0), codes.mean(axis=0), atol=0.06)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(codes.T), atol=0.15)
    np.testing.assert_array_equal(samples, sample_at_temperature(prior.distribution(), 20_000, SEED, 1.0))


def test_at_temperature_zero_only_the_means_are_drawn(codes):
    prior = build_fitted_prior(MixtureFit(components=2), 3)
    prior.fit(codes, seed=0)
    drawn = np.unique(sample_at_temperature(prior.distribution(), 50, SEED, 0.0).numpy(), axis=0)
    np.testing.assert_array_equal(drawn, np.unique(prior.means.numpy(), axis=0))


def test_more_components_than_codes_and_codes_that_never_vary_still_make_a_density():
    prior = FittedMixture(10, 2)
    prior.fit(np.array([[1.0, 3.0], [2.0, 3.0]], np.float32), seed=0)
    assert np.isfinite(prior.distribution().log_prob([1.5, 3.0]))
    assert set(sample_at_temperature(prior.distribution(), 50, SEED, 1.0).numpy()[:, 0].round()) == {1.0, 2.0}
