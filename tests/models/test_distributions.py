import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import tensorflow as tf
import tensorflow_probability as tfp

from vaeflow.models.distributions import standard_normal
from vaeflow.models.likelihoods import black_and_white
from vaeflow.models.likelihoods.black_and_white import FastBernoulli
from vaeflow.models.likelihoods.building import build_likelihood
from vaeflow.models.likelihoods.config import (
    BernoulliLikelihood,
    ContinuousBernoulliLikelihood,
    GaussianLikelihood,
    Likelihood,
    measures_density,
)
from vaeflow.models.posteriors.layers import DiagonalNormal

RANDOM = np.random.default_rng(0)


def pixel_parameters(count: int) -> np.ndarray:
    return RANDOM.normal(size=(1, 2, 2, count)).astype(np.float32)


def test_bernoulli_sums_to_one_over_all_images():
    likelihood = build_likelihood(BernoulliLikelihood())(pixel_parameters(1))
    every_image = np.array(list(itertools.product([0.0, 1.0], repeat=4)), np.float32).reshape(16, 2, 2, 1)
    assert np.sum(np.exp(likelihood.log_prob(every_image))) == pytest.approx(1, abs=1e-5)


def test_bernoulli_agrees_with_tensorflow_probability_in_value_and_gradient():
    logits = tf.constant(RANDOM.normal(scale=20, size=200), tf.float32)
    x = tf.constant(RANDOM.integers(0, 2, 200), tf.float32)
    ours = tfp.math.value_and_gradient(lambda logits: FastBernoulli(logits=logits).log_prob(x), logits)
    theirs = tfp.math.value_and_gradient(lambda logits: tfp.distributions.Bernoulli(logits=logits).log_prob(x), logits)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-5)


LIKELIHOODS = [
    BernoulliLikelihood(),
    ContinuousBernoulliLikelihood(),
    *(GaussianLikelihood(variance=variance, stddev=0.2) for variance in ("fixed", "learned", "per_pixel")),
]


def test_the_log_probabilities_of_many_images_are_those_of_single_ones_in_value_and_gradient(
    monkeypatch: pytest.MonkeyPatch,
):
    likelihood = build_likelihood(BernoulliLikelihood())
    logits = tf.constant(RANDOM.normal(scale=9, size=(3, 2, 4, 20, 2)), tf.float32)
    x = tf.constant(RANDOM.integers(0, 2, (2, 4, 20, 2)), tf.float32)

    def value_and_gradients() -> tuple[tf.Tensor, ...]:
        log_prob = likelihood(logits).log_prob(x)
        return log_prob, *tf.gradients(log_prob, [logits, x])

    one_by_one = tf.function(value_and_gradients)()
    monkeypatch.setattr(black_and_white, "MANY_PIXELS", 1)
    for many, one in zip(tf.function(value_and_gradients)(), one_by_one, strict=True):
        np.testing.assert_allclose(many, one, rtol=1e-4, atol=1e-4)


@pytest.mark.full
def test_the_log_density_of_many_large_images_of_even_odds_is_finite(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(black_and_white, "MANY_PIXELS", 1)
    black = tf.zeros([1, 64, 16, 1])
    log_prob = tf.function(lambda: build_likelihood(BernoulliLikelihood())(black).log_prob(black))()
    np.testing.assert_allclose(log_prob, -64 * 16 * np.log(2), rtol=1e-6)


@pytest.mark.parametrize("logit", [-8.0, -1.0, -1e-3, 0.0, 1e-4, 2.0])
def test_continuous_bernoulli_integrates_to_one_and_reports_its_mean(logit: float):
    likelihood = build_likelihood(ContinuousBernoulliLikelihood())(np.full((1, 1, 1, 1), logit, np.float32))
    grid = np.linspace(0, 1, 2001, dtype=np.float32)
    density = np.exp(likelihood.log_prob(grid.reshape(-1, 1, 1, 1)))
    assert scipy.integrate.simpson(density, x=grid) == pytest.approx(1, abs=1e-3)
    assert scipy.integrate.simpson(density * grid, x=grid) == pytest.approx(
        float(np.squeeze(likelihood.mean())), abs=1e-3
    )


def test_the_density_of_a_black_pixel_is_bounded_by_that_of_one_grey_level():
    layer = build_likelihood(ContinuousBernoulliLikelihood())
    logits = tf.constant([-1e6, -1000.0, -255.0, -10.0])[:, tf.newaxis, tf.newaxis, tf.newaxis]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        likelihood = layer(logits)
        log_density = likelihood.log_prob(tf.zeros_like(logits))
    expected = [np.log(255), *scipy.stats.expon.logpdf(0, scale=1 / (255 * np.tanh([1000 / 255, 1, 10 / 255])))]
    np.testing.assert_allclose(log_density, expected, atol=1e-3)
    np.testing.assert_allclose(np.ravel(likelihood.mean())[:2], 1 / 255, rtol=1e-3)
    assert np.all(np.ravel(tape.gradient(log_density, logits))[1:] < 0)


@pytest.mark.parametrize("config", LIKELIHOODS)
def test_the_location_of_a_mean_image_is_where_the_mean_is_that_image(config: Likelihood):
    likelihood = build_likelihood(config)
    mean = RANDOM.uniform(0.01, 0.99, size=(3, 5, 2)).astype(np.float32)
    mean[0, 0] = 0.5
    np.testing.assert_allclose(likelihood(likelihood.location(mean)).mean(), mean, atol=1e-4)


@pytest.mark.parametrize("config", [BernoulliLikelihood(), ContinuousBernoulliLikelihood()])
def test_pixels_that_are_always_black_or_white_have_finite_logits(config: Likelihood):
    likelihood = build_likelihood(config)
    logits = likelihood.location(np.array([[[0.0], [1.0]]], np.float32))
    np.testing.assert_allclose(likelihood(logits).mean(), [[[0.01], [0.99]]], atol=1e-4)


@pytest.mark.parametrize("variance", ["fixed", "learned", "per_pixel"])
def test_gaussian_starts_at_its_standard_deviation_and_sums_over_pixels(variance: str):
    layer = build_likelihood(GaussianLikelihood(variance=variance, stddev=0.2))
    loc = pixel_parameters(1)
    parameters = np.concatenate([loc, np.zeros_like(loc)], -1) if variance == "per_pixel" else loc
    x = RANDOM.uniform(size=(1, 2, 2, 1)).astype(np.float32)
    expected = scipy.stats.norm(loc, 0.2 + (1 / 255 if variance == "per_pixel" else 0)).logpdf(x).sum()
    assert float(layer(parameters).log_prob(x)[0]) == pytest.approx(expected, rel=1e-4)


def test_learned_gaussian_finds_the_standard_deviation_of_the_residuals():
    layer = build_likelihood(GaussianLikelihood(variance="learned", stddev=1.0))
    x = tf.constant(RANDOM.normal(scale=0.05, size=(50, 4, 4, 1)), tf.float32)
    layer(tf.zeros_like(x))
    residual = float(np.sqrt(np.mean(np.square(x))))
    layer.log_stddev.assign(np.log(residual))
    with tf.GradientTape() as tape:
        log_prob = tf.reduce_mean(layer(tf.zeros_like(x)).log_prob(x))
    assert abs(float(tape.gradient(log_prob, layer.log_stddev.value))) < 0.05


def test_kl_of_the_diagonal_normal_is_the_closed_form():
    layer = DiagonalNormal(3)
    q = layer(RANDOM.normal(size=(5, 7)).astype(np.float32))
    mean, stddev = q.mean().numpy(), q.stddev().numpy()
    expected = 0.5 * (mean**2 + stddev**2 - 1 - 2 * np.log(stddev)).sum(1)
    np.testing.assert_allclose(q.kl_divergence(standard_normal(3)), expected, rtol=1e-4)


@pytest.mark.parametrize("config", [BernoulliLikelihood(), ContinuousBernoulliLikelihood(), GaussianLikelihood()])
def test_configurations_tell_densities_from_probabilities_as_their_layers_do(config):
    density = build_likelihood(config).data_log_scale > 0
    assert (config.density, measures_density(config.name)) == (density, density)
    assert measures_density("of a later version") is None
