"""One step of training or validation, under Keras' `fit`."""

from typing import Any

import keras
import tensorflow as tf


class FirstNonFinite(keras.metrics.Metric):
    """The optimizer step, counted from 1, at which a term of the loss first was not finite; 0 while none was."""

    def __init__(self, name: str):
        super().__init__(name=name)
        self.step = self.add_variable((), "zeros", "int64")

    def update_state(self, term: tf.Tensor, step: tf.Tensor) -> None:
        """Look at one batch's term, [batch], of optimizer step `step`, counted from 0."""
        bad = tf.logical_not(tf.reduce_all(tf.math.is_finite(term)))
        first = tf.logical_and(self.step.value == 0, bad)
        self.step.assign(tf.where(first, tf.cast(step, tf.int64) + 1, self.step.value))

    def result(self) -> tf.Tensor:
        return self.step.value


class ElboTraining(keras.Model):
    """Maximises the mean `elbo(x, seed)` of the subclass over batches of uint8 images.

    All noise is drawn from stateless seeds made of the training seed and the optimizer's step counter: there is no
    random state to save, and a resumed training draws what an uninterrupted one would have drawn. Validation sees
    the same noise in every epoch, so that epochs are compared on equal terms.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.terms = [keras.metrics.Mean(name) for name in ("elbo", "log_likelihood", "kl")]
        self.first_nonfinite = [FirstNonFinite(f"first_nonfinite_{name}") for name in ("log_likelihood", "kl")]

    def compile(self, optimizer: keras.optimizers.Optimizer, *, seed: int = 0, **kwargs: Any) -> None:
        """As Keras', with the seed of the noise; the loss is the model's own."""
        super().compile(optimizer=optimizer, **kwargs)
        self.noise_seed = seed

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return [*self.terms, *self.first_nonfinite]

    def train_step(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """One step on a batch [batch, h, w, c], or one on each of several batches [steps, batch, h, w, c].

        Several steps are one compiled program: for small networks starting a program costs as much as a tenth of it.
        """
        if len(images.shape) == 4:
            self._step(images)
        else:
            steps = tf.shape(images)[0]
            tf.while_loop(lambda i: i < steps, lambda i: self._step_and_count(images, i), [0])
        return self._results()

    def _step_and_count(self, images: tf.Tensor, i: tf.Tensor) -> tuple[tf.Tensor]:
        self._step(images[i])
        return (i + 1,)

    def _step(self, images: tf.Tensor) -> None:
        step = tf.cast(self.optimizer.iterations.value, tf.int32)
        observation_seed, posterior_seed = self._seeds(step)
        x = self.observe(images, observation_seed)
        with tf.GradientTape() as tape:
            elbo = self.elbo(x, posterior_seed)
            loss = -tf.reduce_mean(elbo.total)
            scaled = self.optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)
        gradients = tape.gradient(scaled, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        for metric, term in zip(self.first_nonfinite, elbo, strict=True):
            metric.update_state(term, step)
        self._measure(elbo)

    def test_step(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        _, posterior_seed = self._seeds(tf.constant(-1))
        self._measure(self.elbo(self.observe(images), posterior_seed))
        return self._results()

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Do nothing: every weight exists already.

        To find out shapes, Keras would add the first uint8 batches of all devices, which collectives cannot do and
        which fails where the batches differ in size.
        """

    def _seeds(self, step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """A seed for each draw of each device at each step, none of them used twice."""
        devices = self.distribute_strategy.num_replicas_in_sync
        first = 2 * (step * devices + tf.distribute.get_replica_context().replica_id_in_sync_group)
        return tf.stack([self.noise_seed, first]), tf.stack([self.noise_seed, first + 1])

    def _measure(self, elbo: Any) -> None:
        for metric, term in zip(self.terms, (elbo.total, *elbo), strict=True):
            metric.update_state(term)

    def _results(self) -> dict[str, tf.Tensor]:
        results = {metric.name: metric.result() for metric in self.metrics}
        if _has_several_workers(self.distribute_strategy):
            # Keras 3.15 averages over workers along an axis that a scalar does not have.
            results = {name: result[tf.newaxis] for name, result in results.items()}
        return results


def _has_several_workers(strategy: tf.distribute.Strategy) -> bool:
    is_multi_worker = isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)
    return is_multi_worker and bool(strategy.cluster_resolver.cluster_spec())
