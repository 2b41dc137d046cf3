"""The cross-entropy between the labels and the classes that a model predicts."""

from typing import Protocol

import keras
import tensorflow as tf

from vaeflow.models.training.data import Batch, weights_of_known
from vaeflow.models.training.losses import Losses


class PredictsClasses(Protocol):
    """What the objective needs of a model."""

    def logits(self, x: tf.Tensor) -> tf.Tensor:
        """Logits of the classes, [batch, classes]."""


class CrossEntropyObjective:
    """The mean of log p(y | x) over the labelled images of a batch, in nats; images without a label have no weight."""

    term_names: tuple[str, ...] = ("cross_entropy",)

    def losses(self, model: PredictsClasses, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """One group: the whole model minimises the mean cross-entropy."""
        loss = cross_entropy(model.logits(batch.x), batch.labels)
        return Losses(-loss, {"cross_entropy": loss}, {"model": tf.reduce_mean(loss)})

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """The objective has no parameters of its own."""
        return {}


def cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """-log p(y | x) [batch] of labelled images, 0 of others, scaled so that its mean is that of the labelled, in nats.

    Logits are [batch, classes], labels int32 [batch], -1 where unknown.
    """
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(labels, 0), tf.cast(logits, tf.float32))
    return weights_of_known(labels) * loss
