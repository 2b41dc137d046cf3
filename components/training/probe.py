"""The codes of a few validation images after each epoch, for the history and for TensorBoard."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import known_labels, load_split
from vaeflow.components.training.labels import HIDDEN
from vaeflow.models.arrays import Codes
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.diagnostics import active
from vaeflow.models.training.data import Labelled

PROBE_IMAGES = 500
"""Maximum number of images, which take a small part of the time of an epoch."""


class Probe(keras.callbacks.Callback):
    """Encodes the images at the end of each epoch: `x` as the model observes them, `given` labels and `codes`."""

    x: tf.Tensor
    given: tf.Tensor | None
    codes: Codes

    def __init__(self, images: Labelled):
        """`images` have the labels that the model may use."""
        super().__init__()
        self.images = images

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.encode(self.model)

    def encode(self, model: LatentVariableModel) -> None:
        """Encode the images with the model as it is."""
        self.x = model.observe(self.images.images)
        self.given = model.given(tf.constant(self.images.labels, tf.int32))
        self.codes = model.embed(self.x, self.given).numpy()[:, : model.inferred_dim]

    @property
    def active_units(self) -> list[int]:
        """The active dimensions of the code, from 0."""
        units: list[int] = np.flatnonzero(active(self.codes)).tolist()
        return units


def validation_probe(examples: Examples, *, labels: bool) -> Probe:
    """A probe of the first validation images; every label is -1 unless `labels`."""
    split = load_split(examples, "validation", PROBE_IMAGES)
    known = known_labels(split) if labels else np.full(len(split.images), HIDDEN)
    return Probe(Labelled(split.images, known))
