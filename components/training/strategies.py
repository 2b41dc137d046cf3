"""`tf.distribute` strategies by name, numeric precision and determinism."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from vaeflow.models.errors import InputError


def open_strategy(name: str) -> tf.distribute.Strategy:
    """The strategy `name`.

    `none` uses the first device of this process, `mirrored` all of them, `multi_worker` the cluster described by
    TF_CONFIG, and `tpu` a TPU. Raises `InputError` if there is no such device or cluster.
    """
    try:
        if name == "mirrored":
            return tf.distribute.MirroredStrategy()
        if name == "multi_worker":
            return tf.distribute.MultiWorkerMirroredStrategy()
        if name == "tpu":
            return tf.distribute.TPUStrategy(tf.distribute.cluster_resolver.TPUClusterResolver.connect())
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        raise InputError(f"train.strategy: '{name}' is not available here: {error}") from error
    return tf.distribute.get_strategy()


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process writes files; the other workers of a cluster only compute."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return True
    return strategy.cluster_resolver.task_id in (None, 0)


@contextmanager
def precision(policy: str) -> Iterator[None]:
    """Set Keras's dtype policy in the block: layers built in it compute in `policy`; weights remain float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def seed_everything(seed: int, *, deterministic: bool) -> None:
    """Seed the initialisers. Determinism applies to the rest of the process: TensorFlow cannot switch it off again."""
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
