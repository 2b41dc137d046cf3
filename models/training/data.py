"""What training gives a model: batches in each step, and the whole training set where a phase begins or ends."""

from typing import NamedTuple, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class Batch(NamedTuple):
    """Observed images x [batch, h, w, c], and their classes int32 [batch], -1 where training may not know them."""

    x: tf.Tensor
    labels: tf.Tensor


def weights_of_known(labels: tf.Tensor) -> tf.Tensor:
    """Weights [batch] that make a mean over the batch that over its images of known class; all 0 if there is none."""
    known = tf.cast(labels >= 0, tf.float32)
    return known / tf.maximum(tf.reduce_mean(known), 1 / tf.cast(tf.size(known), tf.float32))


class Labelled(NamedTuple):
    """Stored images uint8 [n, h, w, c] and their classes int64 [n], -1 where training may not know them."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


class TrainingSet(Protocol):
    """The training split, for what is not learned by steps: starting values, fitted priors, classifiers."""

    seed: int
    """Of whatever is drawn."""

    def take(self, limit: int) -> Labelled:
        """The first `limit` images."""

    def labelled(self) -> Labelled:
        """All images whose class training may know."""
