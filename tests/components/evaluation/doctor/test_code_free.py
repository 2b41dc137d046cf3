"""The bound of a model without a code, against the log-likelihood of every image."""

import numpy as np
import pytest
from tensorflow_probability import distributions as tfd

from vaeflow.components.evaluation.doctor.code_free import mean_log_likelihood
from vaeflow.components.preprocessing.statistics import SplitStatisticsFn
from vaeflow.models.likelihoods.config import BernoulliLikelihood, ContinuousBernoulliLikelihood, GaussianLikelihood
from vaeflow.models.likelihoods.pixels import ContinuousBernoulli

RANDOM = np.random.default_rng(0)


def images(count: int) -> np.ndarray:
    scale = np.linspace(0.2, 1, 12).reshape(3, 2, 2)
    return (255 * scale * RANDOM.random((count, 3, 2, 2))).astype(np.uint8)


def statistics(pixels: np.ndarray):
    combine = SplitStatisticsFn(None)
    return combine.extract_output(combine.add_input(combine.create_accumulator(), ([None] * len(pixels), pixels)))


TRAIN, TEST = images(40), images(25)
X, Y = TRAIN / 255, TEST / 255


def found(likelihood, train=TRAIN, test=TEST, *, binary=False) -> float:
    return mean_log_likelihood(likelihood, statistics(train), statistics(test), binary=binary)


def mean(log_probs) -> float:
    return float(np.sum(np.mean(log_probs, axis=0)))


def test_black_and_white_pixels_have_the_frequencies_of_the_training_images():
    p = (X.sum(axis=0) + 1) / (len(X) + 2)
    assert found(BernoulliLikelihood()) == pytest.approx(mean(Y * np.log(p) + (1 - Y) * np.log(1 - p)))


def test_a_pixel_that_is_always_black_in_training_does_not_make_the_likelihood_zero():
    assert np.isfinite(found(BernoulliLikelihood(), train=0 * TRAIN))


def test_continuous_bernoulli_pixels_have_the_mean_of_the_training_images():
    layer = ContinuousBernoulli()
    location = layer.location(X.mean(axis=0)).astype(np.float64)
    p = tfd.ContinuousBernoulli(logits=255 * np.tanh(location / 255))
    assert found(ContinuousBernoulliLikelihood()) == pytest.approx(mean(p.log_prob(Y)), rel=1e-4)


@pytest.mark.parametrize("variance", ["learned", "per_pixel"])
def test_gaussian_pixels_have_the_mean_squared_deviation_of_the_training_images(variance):
    p = tfd.Normal(X.mean(axis=0), np.sqrt(X.var(axis=0).mean()))
    assert found(GaussianLikelihood(variance=variance)) == pytest.approx(mean(p.log_prob(Y)), rel=1e-6)


def test_a_given_deviation_is_kept():
    p = tfd.Normal(X.mean(axis=0), 0.3)
    likelihood = GaussianLikelihood(variance="fixed", stddev=0.3)
    assert found(likelihood) == pytest.approx(mean(p.log_prob(Y)), rel=1e-6)


def test_binarised_pixels_are_as_large_as_their_squares():
    drawn = [(RANDOM.random(split.shape) < split / 255) * np.uint8(255) for split in (TRAIN, TEST)]
    plain, binary = (found(GaussianLikelihood(), *drawn, binary=binary) for binary in (False, True))
    assert binary == pytest.approx(plain)


def test_the_variance_of_images_that_are_all_the_same_has_a_floor():
    assert np.isfinite(found(GaussianLikelihood(), train=TRAIN[:1], test=TRAIN[:1]))
