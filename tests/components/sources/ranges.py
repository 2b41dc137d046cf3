"""Ranges of many images, as ingest finds them."""

from vaeflow.components.images.intensity import Scale
from vaeflow.components.images.ranges import merge, range_of_image


def found(kind, low, high, white, black=0.0, images=100, above=0, split="unsplit", suffix=""):
    """The range of images that are all from `low` to `high`."""
    bright = 10 if high > black + (white - black) / 4 else 0
    one = range_of_image(kind, Scale(black, white), low, high, num_values=10, above=0, bright=bright)
    alike = merge([one] * images)
    return alike._replace(above=above, split=split, suffix=suffix)


def together(*ranges):
    """The range of the images of several ranges."""
    return merge(ranges)
