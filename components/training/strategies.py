"""Where training runs: `tf.distribute` strategies by name, numeric precision and determinism."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf


def open_strategy(name: str) -> tf.distribute.Strategy:
    """`none`: this process's first device; `mirrored`: all its devices; `multi_worker`: as TF_CONFIG says; `tpu`."""
    if name == "mirrored":
        return tf.distribute.MirroredStrategy()
    if name == "multi_worker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "tpu":
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect()
        return tf.distribute.TPUStrategy(resolver)
    return tf.distribute.get_strategy()


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
