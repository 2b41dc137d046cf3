"""What TensorBoard shows of a training, under `logs/`: the runs `train` and `validation`."""

from math import prod
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vaeflow.models.diagnostics import active, bits_per_dim

SHOWN_IMAGES = 8
# Pictures and histograms are drawn about this often in a training, scalars at every epoch.
PICTURES = 20


class TensorBoard(keras.callbacks.Callback):
    """Writes the ELBO and its terms, and what they hide: KL per dimension, active units, pictures, codes."""

    def __init__(self, logs: Path, probe: np.ndarray, *, epochs: int, seed: int):
        """`probe` is a few hundred validation images, uint8 [n, h, w, c]."""
        super().__init__()
        self.train_writer = tf.summary.create_file_writer(str(logs / "train"))
        self.validation_writer = tf.summary.create_file_writer(str(logs / "validation"))
        self.probe = probe
        self.every = max(1, epochs // PICTURES)
        self.epochs = epochs
        self.seed = tf.constant([seed, 0])

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        step = epoch + 1
        with self.train_writer.as_default(step):
            self._terms(logs, prefix="")
            tf.summary.scalar("learning_rate", logs["learning_rate"])
            tf.summary.scalar("images_per_second", logs["images_per_second"])
        with self.validation_writer.as_default(step):
            self._terms(logs, prefix="val_")
            self._latent_space(pictures=step % self.every == 0 or step in (1, self.epochs))
        self.train_writer.flush()
        self.validation_writer.flush()

    def on_train_end(self, logs: Any = None) -> None:
        self.train_writer.close()
        self.validation_writer.close()

    def _terms(self, logs: dict[str, float], prefix: str) -> None:
        for name in ("elbo", "log_likelihood", "kl"):
            tf.summary.scalar(f"elbo/{name}", logs[prefix + name])
        bits = bits_per_dim(logs[prefix + "elbo"], prod(self.model.image_shape), self.model.data_log_scale)
        tf.summary.scalar("elbo/bits_per_dim", bits)

    def _latent_space(self, *, pictures: bool) -> None:
        x = self.model.observe(self.probe)
        codes = self.model.embed(x).numpy()
        kl = self.model.kl_per_dimension(x).numpy()
        tf.summary.scalar("latent/active_units", np.sum(active(codes)))
        for dimension, nats in enumerate(kl.mean(axis=0)):
            tf.summary.scalar(f"kl_per_dimension/{dimension:03d}", nats)
        if pictures:
            tf.summary.histogram("latent/posterior_mean", codes)
            for dimension in range(codes.shape[1]):
                tf.summary.histogram(f"posterior_mean/{dimension:03d}", codes[:, dimension])
            self._pictures(x[:SHOWN_IMAGES])

    def _pictures(self, x: tf.Tensor) -> None:
        rows = tf.concat([tf.concat([*x], axis=1), tf.concat([*self.model.reconstruct(x)], axis=1)], axis=0)
        tf.summary.image("reconstructions", rows[tf.newaxis])
        samples = self.model.generate(SHOWN_IMAGES**2, self.seed)
        grid = tf.concat([tf.concat([*row], axis=1) for row in tf.split(samples, SHOWN_IMAGES)], axis=0)
        tf.summary.image("prior_samples", grid[tf.newaxis])
