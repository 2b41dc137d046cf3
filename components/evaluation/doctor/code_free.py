"""A model without a code: one distribution, around the mean image of the training split, for all images."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never, cast

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.images.examples import read_statistics
from vaeflow.components.images.statistics import SplitStatistics
from vaeflow.models.likelihoods.config import (
    BernoulliLikelihood,
    ContinuousBernoulliLikelihood,
    GaussianLikelihood,
    Likelihood,
)
from vaeflow.models.likelihoods.pixels import MIN_STDDEV, ContinuousBernoulli

if TYPE_CHECKING:
    from vaeflow.components.evaluation.subject import Subject
    from vaeflow.models.model_config import GenerativeConfig


def code_free_bound(subject: "Subject", measured: str) -> float:
    """Mean log-likelihood of the images of the split `measured`, in nats per image."""
    statistics: Mapping[str, SplitStatistics] = read_statistics(subject.examples)
    binary = subject.transform.observation.binarise != "none"
    likelihood = cast("GenerativeConfig", subject.config).likelihood
    return mean_log_likelihood(likelihood, statistics["train"], statistics[measured], binary=binary)


def mean_log_likelihood(
    likelihood: Likelihood, fitted: SplitStatistics, measured: SplitStatistics, *, binary: bool
) -> float:
    """Mean log-likelihood of one split under the distribution fitted to another, from the statistics alone.

    `binary` tells whether pixels are binarised, with their grey values as probabilities. Log-probabilities of Bernoulli
    and continuous Bernoulli pixels are linear in the pixel, and those of Gaussian ones quadratic.
    """
    mean, x = np.array(fitted.mean_image), np.array(measured.mean_image)
    match likelihood:
        case BernoulliLikelihood():
            # By the rule of succession: otherwise one pixel could make the likelihood 0.
            p = (fitted.count * mean + 1) / (fitted.count + 2)
            return float(np.sum(x * np.log(p) + (1 - x) * np.log1p(-p)))
        case ContinuousBernoulliLikelihood():
            # The densities of pixels that never vary have no bound: as in a model before its first step, means do.
            layer = ContinuousBernoulli()
            return float(layer(layer.location(mean)).log_prob(x.astype(np.float32)))
        case GaussianLikelihood():
            variance = max(MIN_STDDEV**2, (power(fitted, binary=binary) - np.sum(mean**2)) / mean.size)
            if likelihood.variance == "fixed":
                variance = likelihood.stddev**2
            squares = power(measured, binary=binary) - 2 * np.sum(mean * x) + np.sum(mean**2)
            return float(-(mean.size * math.log(2 * math.pi * variance) + squares / variance) / 2)
        case _:
            assert_never(likelihood)


def power(statistics: SplitStatistics, *, binary: bool) -> float:
    """Mean over the images of the sum of squared pixels."""
    pixels: NDArray[np.float64] = np.array(statistics.mean_image)
    if binary:
        return float(pixels.sum())
    moments = np.square(statistics.mean) + np.square(statistics.stddev)
    return float(moments.sum() * math.prod(pixels.shape[:2]))
