"""The cross-entropy between the labels and the classes that a model predicts."""

from typing import Protocol

import keras
import tensorflow as tf

from vaeflow.models.classifiers.cross_entropy import cross_entropy
from vaeflow.models.training.data import Batch
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
