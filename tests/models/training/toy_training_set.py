from typing import NamedTuple

import numpy as np

from vaeflow.models.training.data import Labelled


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
