"""The training split as models see it at the beginning and end of a phase."""

import numpy as np

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import read_statistics
from vaeflow.components.training.labels import labelled_images, stream_for_training
from vaeflow.models.arrays import Images, Labels
from vaeflow.models.training.data import Labelled


class TrainingSplit:
    """The training split of examples, with the labels that training may use; see `TrainingSet`."""

    def __init__(self, examples: Examples, seed: int, labels: Labels | None = None):
        """`labels` are as returned by `kept_labels`."""
        self.examples = examples
        self.seed = seed
        self.labels = labels

    @property
    def mean_image(self) -> Images:
        """The mean of all images, [h, w, c] in [0, 1]."""
        return np.array(read_statistics(self.examples)["train"].mean_image, np.float32)

    def take(self, limit: int) -> Labelled:
        """The first `limit` images."""
        images, labels = next(stream_for_training(self.examples, self.labels).rebatch(limit).as_numpy_iterator())
        return Labelled(images, labels.astype(np.int64))

    def labelled(self) -> Labelled:
        """All images whose labels training may use."""
        return Labelled(*labelled_images(self.examples, self.labels))
