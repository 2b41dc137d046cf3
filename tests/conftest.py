"""Fixtures for all tests."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import settings

from vaeflow.models.training.data import Labelled

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


class ToyTrainingSet(NamedTuple):
    """As `TrainingSet`, in memory."""

    images: np.ndarray
    labels: np.ndarray
    seed: int = 0

    @property
    def mean_image(self) -> np.ndarray:
        return (self.images / 255).mean(axis=0).astype(np.float32)

    def take(self, limit: int) -> Labelled:
        return Labelled(self.images[:limit], self.labels[:limit])

    def labelled(self) -> Labelled:
        known = self.labels >= 0
        return Labelled(self.images[known], self.labels[known])


@pytest.fixture(scope="session")
def toy_training_set() -> type[ToyTrainingSet]:
    """`toy_training_set(images, labels)` → a training set."""
    return ToyTrainingSet
