from typing import Any, get_args

from tests.models.contract.rows import LIKELIHOODS, MODEL_ROWS, NETWORKS
from vaeflow.models.likelihoods.config import Likelihood
from vaeflow.models.networks.config import Network
from vaeflow.models.registry import MODELS


def members(union: Any) -> set[type]:
    """The classes of an annotated union."""
    return set(get_args(get_args(union)[0]))


def test_every_choice_has_a_row():
    assert {type(row) for row in MODEL_ROWS} == set(MODELS)
    assert set(NETWORKS) == members(Network)
    assert set(LIKELIHOODS) == members(Likelihood)
