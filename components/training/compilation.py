"""How the training steps are compiled."""

import tensorflow as tf

from vaeflow.components.training.config import TrainConfig


def uses_xla(config: TrainConfig) -> bool:
    """Whether XLA compiles the training steps."""
    if config.xla is not None:
        return config.xla
    if config.deterministic:  # XLA does not guarantee it
        return False
    # On a CPU, convolutions compiled by XLA take up to thirty times as long as TensorFlow's own.
    slow = config.model.convolves and not tf.config.list_physical_devices("GPU")
    return config.strategy == "tpu" or (config.strategy == "none" and not slow)


def joins_steps(config: TrainConfig) -> bool:
    """Whether a program runs several training steps in a loop.

    Without XLA, TensorFlow leaves convolutions in a loop as they are: on a CPU, steps take up to five times as long.
    """
    return config.strategy == "none" and (uses_xla(config) or not config.model.convolves)
