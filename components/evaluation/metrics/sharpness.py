"""Sharpness: how much detail there is in real, reconstructed and generated images."""

from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.metrics.metric import Family, Metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Images, Labels, Pixels
    from vaeflow.models.base import LatentVariableModel

MOST_IMAGES = 1_000
"""First images of the sample, and as many generated ones: the mean over so many is steady, and each is decoded."""
LUMA = (0.299, 0.587, 0.114)
"""What red, green and blue add to brightness. ITU-R BT.601."""
UNIT = "variance of the Laplacian"

REAL = Metric(
    "sharpness_real",
    "Sharpness of test images",
    f"{UNIT}, pixels in [0, 1], at most {MOST_IMAGES:,} images",
    decimals=4,
    costly=True,
)
RECONSTRUCTED = Metric("sharpness_reconstructed", "Sharpness of reconstructions", UNIT, decimals=4, costly=True)
SAMPLES = Metric("sharpness_samples", "Sharpness of samples", UNIT, decimals=4, costly=True)


class Sharpness(NamedTuple):
    """Mean sharpness of test images as the model sees them, of their reconstructions, and of samples."""

    real: float
    reconstructed: float
    samples: float


def compute(study: "Study") -> dict[str, float]:
    """The three means."""
    names = (REAL.name, RECONSTRUCTED.name, SAMPLES.name)
    return dict(zip(names, study.once(mean_sharpness), strict=True))


def mean_sharpness(study: "Study") -> Sharpness:
    """Of the first images of the sample, and of samples drawn with the seed; to be called once in a study."""
    sample, settings = study.measured.sample, study.settings
    rows = range(min(MOST_IMAGES, len(sample)))
    images, labels = sample.images(rows), sample.labels[: len(rows)]
    return sharpness_of(study.subject.network, images, labels, settings.batch_size, settings.seed)


def sharpness_of(
    model: "LatentVariableModel", images: "Pixels", labels: "Labels", batch_size: int, seed: int
) -> Sharpness:
    """Of images uint8 [n, h, w, c] with labels [n], and of as many samples."""
    import numpy as np
    import tensorflow as tf

    values = []
    for start in range(0, len(images), batch_size):
        part = slice(start, start + batch_size)
        x = model.observe(tf.constant(images[part]))
        reconstructed = model.reconstruct(x, model.given(tf.constant(labels[part], tf.int32)))
        samples = model.generate(len(x), tf.constant([seed, start]))
        values.append([laplacian_variance(kind.numpy()) for kind in (x, reconstructed, samples)])
    return Sharpness(*np.concatenate(values, axis=1).mean(axis=1, dtype=np.float64).tolist())


def laplacian_variance(images: "Images") -> "NDArray[np.float32]":
    """Variance over the pixels of the discrete Laplacian, [n], of images [n, h, w, c] in [0, 1]; colours become grey.

    The Laplacian is the sum of a pixel's four neighbours minus four times itself, the border being reflected.
    Pech-Pacheco et al. 2000, §2. In units where pixels reach 255 it is 255² times as large.
    """
    import numpy as np
    from scipy.ndimage import laplace

    grey = images @ np.array(LUMA, np.float32) if images.shape[-1] == 3 else images.mean(axis=-1)
    return np.array([laplace(image).var() for image in grey.astype(np.float32)], np.float32)


FAMILY = Family((REAL, RECONSTRUCTED, SAMPLES), compute=compute)
