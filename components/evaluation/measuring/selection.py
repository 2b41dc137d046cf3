"""Selection of images of a split by their indices."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import stream_indexed


def select(examples: Examples, split: str, indices: NDArray[np.int64]) -> tf.data.Dataset:
    """Images uint8 [h, w, c] of the split with the given indices, and their labels int32, in file order."""
    wanted = np.zeros(indices.max() + 1, bool)
    wanted[indices] = True
    mask = tf.constant(wanted)
    chosen = stream_indexed(examples, split).take(len(wanted)).filter(lambda index, *_: mask[index])
    return chosen.map(lambda _, image, label: (image, label))
