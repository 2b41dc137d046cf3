"""TensorBoard logs of a training: the runs `train` and `validation` in `logs/`."""

import math
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.scalar.summary_v2 import scalar_pb

from vaeflow.components.training.probe import Probe
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.diagnostics import bits_per_dim

SHOWN_IMAGES = 8
# Approximate number of epochs with images and histograms; scalars are written in every epoch.
PICTURES = 20
# Terms that are not shown for a model without a bound.
BOUNDS = ("elbo", "kl")


class TensorBoard(keras.callbacks.Callback):
    """Writes the ELBO and its terms, the KL divergence per dimension, active units, images and histograms of codes."""

    def __init__(self, logs: Path, probe: Probe, *, epochs: int, images_per_epoch: int, seed: int):
        """`probe` must come before this in the list of callbacks."""
        super().__init__()
        self.train_writer = tf.summary.create_file_writer(str(logs / "train"))
        self.validation_writer = tf.summary.create_file_writer(str(logs / "validation"))
        self.probe = probe
        self.every = max(1, epochs // PICTURES)
        self.epochs = epochs
        self.images_per_epoch = images_per_epoch
        self.seed = tf.constant([seed, 0])

    def set_model(self, model: LatentVariableModel) -> None:
        super().set_model(model)

        def kl_terms(x: tf.Tensor, given: tf.Tensor | None) -> tf.Tensor:
            return tf.reduce_mean(model.elbo(x, self.seed, given).kl_terms, axis=0)

        # As a graph: operation by operation it would take longer than an epoch of a small set.
        self.kl_terms = tf.function(kl_terms, autograph=False)

    def show_untrained(self, model: LatentVariableModel) -> None:
        """Write what can be seen of a model without any epoch, as step 0."""
        self.set_model(model)
        self.probe.encode(model)
        self._write_latent_space(0, pictures=True)
        self.on_train_end()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.started = time.perf_counter()
        self.trained_for = math.nan

    def on_test_begin(self, logs: Any = None) -> None:
        self.trained_for = time.perf_counter() - self.started

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        step = epoch + 1
        speed = self.images_per_epoch / self.trained_for
        pace = [scalar_pb("learning_rate", logs["learning_rate"]), scalar_pb("images_per_second", speed)]
        _write(self.train_writer, step, [*self._terms(logs, prefix=""), *pace])
        _write(self.validation_writer, step, self._terms(logs, prefix="val_"))
        self._write_latent_space(step, pictures=step % self.every == 0 or step in (1, self.epochs))
        self.train_writer.flush()
        self.validation_writer.flush()

    def on_train_end(self, logs: Any = None) -> None:
        self.train_writer.close()
        self.validation_writer.close()

    def _terms(self, logs: dict[str, float], prefix: str) -> Iterator[Summary]:
        for name in ("objective", *self.model.objective.term_names, *self.model.penalty_names):
            if self.model.config.bounds_likelihood or name not in BOUNDS:
                yield scalar_pb(f"elbo/{name}", logs[prefix + name])
        if self.model.config.bounds_likelihood:
            pixels = math.prod(self.model.image_shape)
            yield scalar_pb("elbo/bits_per_dim", bits_per_dim(logs[prefix + "elbo"], pixels, self.model.data_log_scale))

    def _write_latent_space(self, step: int, *, pictures: bool) -> None:
        _write(self.validation_writer, step, self._usage())
        if pictures:
            _write(self.validation_writer, step, self._histograms())
        # The features of a model that does not generate are many, and have no prior.
        if pictures and self.model.config.generative:
            with self.validation_writer.as_default(step):
                self._pictures()

    def _usage(self) -> Iterator[Summary]:
        yield scalar_pb("latent/active_units", len(self.probe.active_units))
        if self.model.config.bounds_likelihood:
            for group, nats in enumerate(self.kl_terms(self.probe.x, self.probe.given).numpy()):
                yield scalar_pb(f"kl_per_dimension/{group:03d}", nats)

    def _histograms(self) -> Iterator[Summary]:
        yield histogram_pb("latent/posterior_mean", self.probe.codes)
        if self.model.config.generative:
            for dimension, codes in enumerate(self.probe.codes.T):
                yield histogram_pb(f"posterior_mean/{dimension:03d}", codes)

    def _pictures(self) -> None:
        x, given = self.probe.x[:SHOWN_IMAGES], self.probe.given
        reconstructed = self.model.reconstruct(x, None if given is None else given[:SHOWN_IMAGES])
        rows = tf.concat([tf.concat([*x], axis=1), tf.concat([*reconstructed], axis=1)], axis=0)
        tf.summary.image("reconstructions", rows[tf.newaxis])
        # A prior that is fitted after training is N(0, I) until then.
        name = "samples_of_the_standard_normal" if self.model.config.fits_prior else "samples_of_the_prior"
        samples = self.model.generate(SHOWN_IMAGES**2, self.seed)
        grid = tf.concat([tf.concat([*row], axis=1) for row in tf.split(samples, SHOWN_IMAGES)], axis=0)
        tf.summary.image(name, grid[tf.newaxis])


def _write(writer: tf.summary.SummaryWriter, step: int, summaries: Iterable[Summary]) -> None:
    """Write many summaries at once: one by one, `tf.summary` would take as long as an epoch of a small set."""
    together = Summary()
    for summary in summaries:
        together.MergeFrom(summary)
    with writer.as_default(step):
        tf.summary.experimental.write_raw_pb(together.SerializeToString())
