"""The losses of one training step."""

from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf


class Losses(NamedTuple):
    """Losses of one step. Training maximises `objective` [batch], in nats per image, and validation compares it.

    `terms` [batch] are reported by name. Each group of parameters minimises its own scalar in `by_group`; a group whose
    boolean in `held` is true is not updated in this step.
    """

    objective: tf.Tensor
    terms: Mapping[str, tf.Tensor]
    by_group: Mapping[str, tf.Tensor]
    held: Mapping[str, tf.Tensor] = {}
