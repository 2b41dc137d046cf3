import numpy as np
import pytest

from tests.models.contract.toy import LABELS, SHAPE
from vaeflow.models.training.data import TrainingSet


@pytest.fixture(scope="module")
def data(toy_training_set: type) -> TrainingSet:
    return toy_training_set(np.random.default_rng(0).integers(0, 256, (12, *SHAPE), dtype=np.uint8), LABELS)
