"""Fixtures for all tests."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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

    def take(self, limit: int) -> Labelled:
        return Labelled(self.images[:limit], self.labels[:limit])

    def labelled(self) -> Labelled:
        known = self.labels >= 0
        return Labelled(self.images[known], self.labels[known])


@pytest.fixture(scope="session")
def toy_training_set() -> type[ToyTrainingSet]:
    """`toy_training_set(images, labels)` → a training set."""
    return ToyTrainingSet


@contextmanager
def _forbidden() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "forbidden"
        folder.mkdir()
        Path(parent).chmod(0)
        user = os.geteuid()
        if user == 0:  # no folder is forbidden for root
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(user)
            Path(parent).chmod(0o700)


@pytest.fixture
def forbidden():
    """A context in which a folder, which it gives, is below one that the process may not enter."""
    return _forbidden()
