"""Every model learns with every likelihood."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.models.contract.rows import LIKELIHOODS, MODEL_ROWS, combined, describe, has_own_posterior
from tests.models.contract.toy import SEED, labels, trained
from vaeflow.models.likelihoods.config import ContinuousBernoulliLikelihood
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.training.data import TrainingSet


def likelihood_rows() -> Iterator[Any]:
    """Every likelihood with the plain VAE, one that is a density with each posterior; others are `full`."""
    for config in combined("likelihood", LIKELIHOODS):
        plain = config.model_copy(update={"likelihood": MODEL_ROWS[0].likelihood, "network": MODEL_ROWS[0].network})
        is_density = isinstance(config.likelihood, ContinuousBernoulliLikelihood)
        quick = plain == MODEL_ROWS[0] or (is_density and has_own_posterior(config))
        yield pytest.param(config, id=describe(config), marks=() if quick else pytest.mark.full)


@pytest.mark.parametrize("config", list(likelihood_rows()))
def test_it_learns_with_every_likelihood(config: ModelConfig, data: TrainingSet):
    model = trained(config, data)
    assert np.isfinite(model.elbo(model.observe(data.take(12).images), SEED, labels()).total).all()
