"""Some test images with what the decoder makes of their codes."""

from math import prod
from typing import NamedTuple

import tensorflow as tf

from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes, Images

MAX_IMAGES = 500
MAX_PIXELS = 2**22
"""Maximum number of pixels of all images: 16 MiB of float32."""


class SomeImages(NamedTuple):
    """Images x [n, h, w, c] as the model sees them, their codes [n, code], and mean images decoded from these.

    The part of a code that is a given label is that of the first image for all images.
    """

    x: Images
    codes: Codes
    decoded: Images


def some_images(study: Study) -> SomeImages:
    """The first images of the sample; call through `Study.once`."""
    network, sample = study.subject.network, study.measured.sample
    most = max(2, MAX_PIXELS // prod(network.image_shape))
    rows = range(min(MAX_IMAGES, most, len(sample)))
    codes = sample.measures["mean"][: len(rows)].copy()
    codes[:, network.inferred_dim :] = codes[0, network.inferred_dim :]
    x = network.observe(tf.constant(sample.images(rows)))
    return SomeImages(x.numpy(), codes, network.decode(tf.constant(codes)).numpy())
