"""Sharpness of real, reconstructed and generated images."""

from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.conditions import BINARISATION
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import GENERATIVE
from vaeflow.components.evaluation.spread import Spread, over_images

if TYPE_CHECKING:
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Labels, Pixels
    from vaeflow.models.base import LatentVariableModel

MAX_IMAGES = 1_000
"""Maximum number of test images, and of generated ones: enough for a stable mean, and every image is decoded."""
UNIT = "variance of the Laplacian"

REAL = Metric(
    "sharpness_real",
    "Sharpness of test images",
    f"{UNIT}, pixels in [0, 1], at most {MAX_IMAGES:,} images",
    decimals=4,
    needs=(GENERATIVE,),
    costly=True,
    depends_on=(BINARISATION,),
)
RECONSTRUCTED = Metric(
    "sharpness_reconstructed",
    "Sharpness of reconstructions",
    UNIT,
    decimals=4,
    needs=(GENERATIVE,),
    costly=True,
    depends_on=(BINARISATION,),
)
SAMPLES = Metric(
    "sharpness_samples",
    "Sharpness of samples",
    UNIT,
    decimals=4,
    needs=(GENERATIVE,),
    costly=True,
    depends_on=(BINARISATION,),
)


class Sharpness(NamedTuple):
    """Mean sharpness of test images as the model sees them, of their reconstructions, and of generated samples."""

    real: Spread
    reconstructed: Spread
    samples: Spread


def compute(study: "Study") -> dict[str, Spread]:
    """The mean sharpness of each kind of images."""
    names = (REAL.name, RECONSTRUCTED.name, SAMPLES.name)
    return dict(zip(names, study.once(mean_sharpness), strict=True))


def mean_sharpness(study: "Study") -> Sharpness:
    """Mean sharpness of the first images of the study's sample and of generated samples; call through `Study.once`."""
    sample, settings = study.measured.sample, study.settings
    rows = range(min(MAX_IMAGES, len(sample)))
    images, labels = sample.images(rows), sample.labels[: len(rows)]
    return sharpness_of(study.subject.network, images, labels, settings.batch_size, settings.seed)


def sharpness_of(
    model: "LatentVariableModel", images: "Pixels", labels: "Labels", batch_size: int, seed: int
) -> Sharpness:
    """Mean sharpness of images uint8 [n, h, w, c] with labels [n], and of n generated samples."""
    import numpy as np
    import tensorflow as tf

    from vaeflow.components.evaluation.laplacian import laplacian_variance

    values = []
    for start in range(0, len(images), batch_size):
        part = slice(start, start + batch_size)
        x = model.observe(tf.constant(images[part]))
        reconstructed = model.reconstruct(x, model.given(tf.constant(labels[part], tf.int32)))
        samples = model.generate(len(x), tf.constant([seed, start]))
        values.append([laplacian_variance(kind).numpy() for kind in (x, reconstructed, samples)])
    return Sharpness(*map(over_images, np.concatenate(values, axis=1)))


def note(study: "Study") -> str:
    """Where the samples come from, and what the deviations are."""
    return (
        f"Codes of the samples whose sharpness is measured are drawn from {study.subject.config.prior_title}. The ± of "
        "a sharpness is the standard deviation over bootstrap samples of its images."
    )


FAMILY = Family((REAL, RECONSTRUCTED, SAMPLES), compute=compute, note=note)
