"""Where training runs: `tf.distribute` strategies by name, numeric precision and determinism."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from vaeflow.models.errors import InputError


def open_strategy(name: str) -> tf.distribute.Strategy:
    """`none`: this process's first device; `mirrored`: all its devices; `multi_worker`: as TF_CONFIG says; `tpu`.

    Raises `InputError` when there is no such device or cluster.
    """
    try:
        if name == "mirrored":
            return tf.distribute.MirroredStrategy()
        if name == "multi_worker":
            return tf.distribute.MultiWorkerMirroredStrategy()
        if name == "tpu":
            return tf.distribute.TPUStrategy(tf.distribute.cluster_resolver.TPUClusterResolver.connect())
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        raise InputError(f"train.strategy: '{name}' is not to be had here: {error}") from error
    return tf.distribute.get_strategy()


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process is the one that writes; the other workers of a cluster only compute."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return True
    return strategy.cluster_resolver.task_id in (None, 0)


@contextmanager
def precision(policy: str) -> Iterator[None]:
    """Layers built inside compute in `policy` and keep their weights in float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def seed_everything(seed: int, *, deterministic: bool) -> None:
    """Seed the initialisers; determinism is switched on for the whole process, as TensorFlow has no way back."""
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
