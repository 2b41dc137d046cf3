"""A function of images, applied to as many of them as there are."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

BATCH_SIZE = 500


def in_batches(
    function: Callable[[tf.Tensor], tf.Tensor], images: NDArray[np.uint8], batch_size: int = BATCH_SIZE
) -> NDArray[np.float32]:
    """What `function` gives for stored images uint8 [n, h, w, c]: [n, ...], with bounded memory on the way."""
    compiled = tf.function(function, reduce_retracing=True)
    starts = range(0, len(images), batch_size)
    return np.concatenate([compiled(tf.constant(images[i : i + batch_size])).numpy() for i in starts])
