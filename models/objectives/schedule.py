"""Schedules of numbers that change during training, as functions of the optimizer step."""

from collections.abc import Callable
from typing import assert_never

import tensorflow as tf

from vaeflow.models.objectives.config import CyclicalWarmUp, LinearWarmUp, WarmUp

Schedule = Callable[[tf.Tensor], tf.Tensor]
"""Optimizer step, an int32 scalar counted from 0 → a float32 scalar."""


def linear(steps: int) -> Schedule:
    """Rises linearly from 0 at the first step to 1 at step `steps`, then stays 1. Sønderby et al. 2016, §3.3."""
    if steps == 0:
        return constant_one
    return lambda step: tf.minimum(tf.cast(step, tf.float32) / steps, 1.0)


def cyclical(steps: int, cycles: int, ramp: float) -> Schedule:
    """Rises linearly from 0 to 1 in each of `cycles` cycles that share `steps`. Fu et al. 2019, eq. 6.

    It rises over the first fraction `ramp` of a cycle and is 1 over the rest, and after the last cycle.
    """
    period = steps / cycles

    def weight(step: tf.Tensor) -> tf.Tensor:
        place = tf.cast(step, tf.float32)
        risen = tf.math.floormod(place, period) / (ramp * period)
        return tf.where(place < steps, tf.minimum(risen, 1.0), 1.0)

    return weight


def constant_one(step: tf.Tensor) -> tf.Tensor:
    """1 at every step."""
    return tf.ones([])


def build_warm_up(config: WarmUp | None, steps_per_epoch: int) -> Schedule:
    """The factor on the weight of the KL term; its final value is 1."""
    match config:
        case None:
            return constant_one
        case LinearWarmUp():
            return linear(config.in_steps(steps_per_epoch))
        case CyclicalWarmUp():
            return cyclical(config.in_steps(steps_per_epoch), config.cycles, config.ramp)
        case _:
            assert_never(config)
