"""A function of images, applied batch by batch."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.models.arrays import Pixels

BATCH_SIZE = 500


def in_batches(
    function: Callable[[tf.Tensor], tf.Tensor], images: Pixels, batch_size: int = BATCH_SIZE
) -> NDArray[np.float32]:
    """The values [n, ...] of `function` for stored images [n, h, w, c], computed in bounded memory."""
    compiled = tf.function(function, reduce_retracing=True, autograph=False)
    starts = range(0, len(images), batch_size)
    return np.concatenate([compiled(tf.constant(images[i : i + batch_size])).numpy() for i in starts])
