"""What one step of training adds up."""

from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf


class Losses(NamedTuple):
    """What one step is about: the objective [batch] that training raises and validation compares, in nats per image.

    `terms` [batch] are shown by name. Each group of parameters follows the gradient of its own scalar in `by_group`;
    a group whose boolean in `held` is true stays as it is in this step.
    """

    objective: tf.Tensor
    terms: Mapping[str, tf.Tensor]
    by_group: Mapping[str, tf.Tensor]
    held: Mapping[str, tf.Tensor] = {}
