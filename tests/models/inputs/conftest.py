import pytest

from tests.models.inputs.toy import PLAIN, compiled
from vaeflow.models.base import LatentVariableModel


@pytest.fixture(scope="session")
def classifier() -> LatentVariableModel:
    """A model of three classes."""
    return compiled()


@pytest.fixture(scope="session")
def unlabelled() -> LatentVariableModel:
    """A model of images without classes."""
    return compiled(PLAIN, num_classes=0)
