"""TensorBoard logs of a training: the runs `train` and `validation` in `logs/`."""

import math
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.diagnostics import active, bits_per_dim
from vaeflow.models.training.data import Labelled

SHOWN_IMAGES = 8
# Approximate number of epochs with images and histograms; scalars are written in every epoch.
PICTURES = 20
# Terms that are not shown for a model without a bound.
BOUNDS = ("elbo", "kl")


class TensorBoard(keras.callbacks.Callback):
    """Writes the ELBO and its terms, the KL divergence per dimension, active units, images and histograms of codes."""

    def __init__(self, logs: Path, probe: Labelled, *, epochs: int, images_per_epoch: int, seed: int):
        """`probe` is a few hundred validation images with the labels that the model may use."""
        super().__init__()
        self.train_writer = tf.summary.create_file_writer(str(logs / "train"))
        self.validation_writer = tf.summary.create_file_writer(str(logs / "validation"))
        self.probe = probe
        self.every = max(1, epochs // PICTURES)
        self.epochs = epochs
        self.images_per_epoch = images_per_epoch
        self.seed = tf.constant([seed, 0])

    def show_untrained(self, model: LatentVariableModel) -> None:
        """Write what can be seen of a model without any epoch, as step 0."""
        self.set_model(model)
        with self.validation_writer.as_default(0):
            self._latent_space(pictures=True)
        self.on_train_end()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.started = time.perf_counter()
        self.trained_for = math.nan

    def on_test_begin(self, logs: Any = None) -> None:
        self.trained_for = time.perf_counter() - self.started

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        step = epoch + 1
        with self.train_writer.as_default(step):
            self._terms(logs, prefix="")
            tf.summary.scalar("learning_rate", logs["learning_rate"])
            tf.summary.scalar("images_per_second", self.images_per_epoch / self.trained_for)
        with self.validation_writer.as_default(step):
            self._terms(logs, prefix="val_")
            self._latent_space(pictures=step % self.every == 0 or step in (1, self.epochs))
        self.train_writer.flush()
        self.validation_writer.flush()

    def on_train_end(self, logs: Any = None) -> None:
        self.train_writer.close()
        self.validation_writer.close()

    def _terms(self, logs: dict[str, float], prefix: str) -> None:
        for name in ("objective", *self.model.objective.term_names, *self.model.penalty_names):
            if self.model.config.bounds_likelihood or name not in BOUNDS:
                tf.summary.scalar(f"elbo/{name}", logs[prefix + name])
        if not self.model.config.bounds_likelihood:
            return
        bits = bits_per_dim(logs[prefix + "elbo"], math.prod(self.model.image_shape), self.model.data_log_scale)
        tf.summary.scalar("elbo/bits_per_dim", bits)

    def _latent_space(self, *, pictures: bool) -> None:
        x, labels = self.model.observe(self.probe.images), tf.constant(self.probe.labels, tf.int32)
        codes = self.model.embed(x, self.model.given(labels)).numpy()[:, : self.model.inferred_dim]
        tf.summary.scalar("latent/active_units", np.sum(active(codes)))
        if self.model.config.bounds_likelihood:
            kl = self.model.elbo(x, self.seed, self.model.given(labels)).kl_terms.numpy()
            for group, nats in enumerate(kl.mean(axis=0)):
                tf.summary.scalar(f"kl_per_dimension/{group:03d}", nats)
        if pictures:
            tf.summary.histogram("latent/posterior_mean", codes)
            for dimension in range(codes.shape[1]):
                tf.summary.histogram(f"posterior_mean/{dimension:03d}", codes[:, dimension])
            self._pictures(x[:SHOWN_IMAGES], labels[:SHOWN_IMAGES])

    def _pictures(self, x: tf.Tensor, labels: tf.Tensor) -> None:
        reconstructed = self.model.reconstruct(x, self.model.given(labels))
        rows = tf.concat([tf.concat([*x], axis=1), tf.concat([*reconstructed], axis=1)], axis=0)
        tf.summary.image("reconstructions", rows[tf.newaxis])
        # A prior that is fitted after training is N(0, I) until then.
        name = "samples_of_the_standard_normal" if self.model.config.fits_prior else "samples_of_the_prior"
        samples = self.model.generate(SHOWN_IMAGES**2, self.seed)
        grid = tf.concat([tf.concat([*row], axis=1) for row in tf.split(samples, SHOWN_IMAGES)], axis=0)
        tf.summary.image(name, grid[tf.newaxis])
