"""Every model learns with every likelihood."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.models.contract.rows import LIKELIHOODS, MODEL_ROWS, combined, describe
from tests.models.contract.toy import SEED, labels, trained
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.training.data import TrainingSet


def likelihood_rows() -> Iterator[Any]:
    """Every likelihood with the plain VAE; with other models they are `full`."""
    for config in combined("likelihood", LIKELIHOODS):
        plain = config.model_copy(update={"likelihood": MODEL_ROWS[0].likelihood, "network": MODEL_ROWS[0].network})
        yield pytest.param(config, id=describe(config), marks=() if plain == MODEL_ROWS[0] else pytest.mark.full)


@pytest.mark.parametrize("config", list(likelihood_rows()))
def test_it_learns_with_every_likelihood(config: ModelConfig, data: TrainingSet):
    model = trained(config, data)
    assert np.isfinite(model.elbo(model.observe(data.take(12).images), SEED, labels()).total).all()
