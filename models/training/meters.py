"""What a training step reports to Keras: the mean of each term over an epoch, and where it first was not finite."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from vaeflow.models.training.losses import Losses


class FirstNonFinite(keras.metrics.Metric):
    """The optimizer step, counted from 1, at which a term first was not finite; 0 if it always was finite."""

    def __init__(self, name: str):
        super().__init__(name=name)
        self.step = self.add_variable((), "zeros", "int64")

    def update_state(self, term: tf.Tensor, step: tf.Tensor) -> None:
        """Record optimizer step `step`, counted from 0, if the term [batch] is not finite."""
        bad = tf.logical_not(tf.reduce_all(tf.math.is_finite(term)))
        first = tf.logical_and(self.step.value == 0, bad)
        self.step.assign(tf.where(first, tf.cast(step, tf.int64) + 1, self.step.value))

    def result(self) -> tf.Tensor:
        return self.step.value


class Meters:
    """A mean and a `FirstNonFinite` for each term, and the mean of the objective."""

    def __init__(self, terms: Sequence[str]):
        self.objective = keras.metrics.Mean("objective")
        self.means = {name: keras.metrics.Mean(name) for name in terms}
        self.watches = {name: FirstNonFinite(f"first_nonfinite_{name}") for name in terms}

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """All metrics, for Keras to reset."""
        return [self.objective, *self.means.values(), *self.watches.values()]

    def measure(self, losses: Losses) -> None:
        """Add one batch to the means."""
        self.objective.update_state(losses.objective)
        for name, mean in self.means.items():
            mean.update_state(losses.terms[name])

    def watch(self, losses: Losses, step: tf.Tensor) -> None:
        """Record optimizer step `step` for each term that is not finite."""
        for name, watch in self.watches.items():
            watch.update_state(losses.terms[name], step)
