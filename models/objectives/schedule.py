"""Numbers that change while a model is trained: functions of the optimizer's step."""

from collections.abc import Callable
from typing import assert_never

import tensorflow as tf

from vaeflow.models.objectives.config import CyclicalWarmUp, LinearWarmUp, WarmUp

Schedule = Callable[[tf.Tensor], tf.Tensor]
"""Optimizer step, an int32 scalar counted from 0 → a float32 scalar."""


def linear(steps: int) -> Schedule:
    """From 0 at the first step to 1 at step `steps`, and 1 from then on. Sønderby et al. 2016, §3.3."""
    return lambda step: tf.minimum(tf.cast(step, tf.float32) / steps, 1.0)


def cyclical(steps: int, cycles: int, ramp: float) -> Schedule:
    """In each of the cycles that share `steps`, linear to 1 in its first part `ramp`, then 1. Fu et al. 2019, eq. 6."""
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
    """The factor on the weight of the KL term; it ends at 1."""
    match config:
        case None:
            return constant_one
        case LinearWarmUp():
            return linear(config.in_steps(steps_per_epoch))
        case CyclicalWarmUp():
            return cyclical(config.in_steps(steps_per_epoch), config.cycles, config.ramp)
        case _:
            assert_never(config)
