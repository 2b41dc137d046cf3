"""The training split as models see it at the beginning and end of a phase."""

import numpy as np

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import read_statistics
from vaeflow.components.training.labels import (
    labelled_images,
    some_are_hidden,
    stream_for_training,
    stream_labelled,
)
from vaeflow.models.arrays import Images, Labels
from vaeflow.models.observation import LEVELS
from vaeflow.models.training.data import Labelled


class TrainingSplit:
    """The training split of examples, with the labels that training may use; see `TrainingSet`."""

    def __init__(self, examples: Examples, seed: int, labels: Labels | None = None, *, labelled_only: bool = False):
        """`labels` are as returned by `kept_labels`; with `labelled_only`, other images are not in the set at all."""
        self.examples = examples
        self.seed = seed
        self.labels = labels
        self.labelled_only = labelled_only and some_are_hidden(examples, labels)

    @property
    def mean_image(self) -> Images:
        """The mean of all images, [h, w, c] in [0, 1]."""
        if self.labelled_only:
            return (self.labelled().images / LEVELS).mean(axis=0, dtype=np.float64).astype(np.float32)
        return np.array(read_statistics(self.examples)["train"].mean_image, np.float32)

    def take(self, limit: int) -> Labelled:
        """The first `limit` images."""
        stream = stream_labelled if self.labelled_only else stream_for_training
        images, labels = next(stream(self.examples, self.labels).rebatch(limit).as_numpy_iterator())
        return Labelled(images, labels.astype(np.int64))

    def labelled(self) -> Labelled:
        """All images whose labels training may use."""
        return Labelled(*labelled_images(self.examples, self.labels))
