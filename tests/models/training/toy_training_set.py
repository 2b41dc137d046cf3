from typing import NamedTuple

import numpy as np

from vaeflow.models.training.data import Labelled


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
