"""What training passes to a model: a batch in each step, and the training set before a phase and at the end."""

from typing import NamedTuple, Protocol

import tensorflow as tf

from vaeflow.models.arrays import Images, Labels, Pixels


class Batch(NamedTuple):
    """Observed images x [batch, h, w, c] and their classes int32 [batch], -1 where hidden from training or unknown.

    The first `labelled` images all have a class.
    """

    x: tf.Tensor
    labels: tf.Tensor
    labelled: int = 0


def weights_of_known(labels: tf.Tensor) -> tf.Tensor:
    """Weights [batch] that turn a mean over the batch into that over its labelled images; all 0 if there are none."""
    known = tf.cast(labels >= 0, tf.float32)
    return known / tf.maximum(tf.reduce_mean(known), 1 / tf.cast(tf.size(known), tf.float32))


class Labelled(NamedTuple):
    """Stored images uint8 [n, h, w, c] and their classes int64 [n], -1 where hidden from training or unknown."""

    images: Pixels
    labels: Labels


class TrainingSet(Protocol):
    """The training split, for what is not learned by gradient steps: initial values, fitted priors, classifiers."""

    seed: int
    """Seed of whatever is drawn."""

    @property
    def mean_image(self) -> Images:
        """The mean of all images, [h, w, c]. Binarisation does not change it: grey values are its probabilities."""

    def take(self, limit: int) -> Labelled:
        """The first `limit` images."""

    def labelled(self) -> Labelled:
        """All images with a class that training may use."""
