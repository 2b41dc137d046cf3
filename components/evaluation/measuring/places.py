"""Reading images of a split by their places in it."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import stream_numbered


def at_places(examples: Examples, split: str, places: NDArray[np.int64]) -> tf.data.Dataset:
    """Images uint8 [h, w, c] at these places of the split, each with its class int32, in file order."""
    wanted = np.zeros(places.max() + 1, bool)
    wanted[places] = True
    mask = tf.constant(wanted)
    chosen = stream_numbered(examples, split).take(len(wanted)).filter(lambda place, *_: mask[place])
    return chosen.map(lambda _, image, label: (image, label))
