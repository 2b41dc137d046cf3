"""Sharpness: how much detail there is in real, reconstructed and invented images."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.ndimage import laplace

from vaeflow.components.images.examples import Split, known_labels
from vaeflow.models.base import LatentVariableModel

MEASURED = 1_000
"""Of so many test images at most, and of as many samples, the mean is taken."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""What red, green and blue add to brightness. ITU-R BT.601."""

Array = NDArray[np.float32]


class Sharpness(NamedTuple):
    """Mean sharpness of test images as the model sees them, of their reconstructions, and of samples."""

    real: float
    reconstructed: float
    samples: float

    def metrics(self) -> dict[str, float]:
        """The three by metric name."""
        return {f"sharpness_{kind}": value for kind, value in self._asdict().items()}


def laplacian_variance(images: Array) -> Array:
    """Variance over the pixels of the discrete Laplacian, [n], of images [n, h, w, c] in [0, 1]; colours become grey.

    The Laplacian is the sum of a pixel's four neighbours minus four times itself, the border being reflected.
    Pech-Pacheco et al. 2000, §2. In units where pixels reach 255 it is 255² times as large.
    """
    grey = images @ LUMA if images.shape[-1] == 3 else images.mean(axis=-1)
    return np.array([laplace(image).var() for image in grey.astype(np.float32)], np.float32)


def measure_sharpness(model: LatentVariableModel, test: Split, batch_size: int, seed: int) -> Sharpness:
    """Of the first test images, and of samples drawn with `seed`."""
    count = min(MEASURED, len(test.images))
    labels = known_labels(test)

    def real(start: int, stop: int) -> tf.Tensor:
        return model.observe(tf.constant(test.images[start:stop]))

    def reconstructed(start: int, stop: int) -> tf.Tensor:
        shown = model.given(tf.constant(labels[start:stop], tf.int32))
        return model.reconstruct(real(start, stop), shown)

    def samples(start: int, stop: int) -> tf.Tensor:
        return model.generate(stop - start, tf.constant([seed, start]))

    def mean(images: Callable[[int, int], tf.Tensor]) -> float:
        spans = [(start, min(start + batch_size, count)) for start in range(0, count, batch_size)]
        values = np.concatenate([laplacian_variance(images(*span).numpy()) for span in spans])
        return float(values.mean(dtype=np.float64))

    return Sharpness(mean(real), mean(reconstructed), mean(samples))
