"""The mean image, which encoders subtract. LeCun et al. 1998, «Efficient BackProp», §4.3."""

import tensorflow as tf
from keras import layers

from vaeflow.models.arrays import Images
from vaeflow.models.networks.shapes import ImageShape


class Centring(layers.Layer):
    """Images [batch, h, w, c] minus the mean image; the same images until it is set.

    Features of images that are all brighter than 0 have a part in common, which would move all codes away from the
    prior's mean, and samples away from the images.
    """

    def __init__(self, image_shape: ImageShape):
        super().__init__(dtype="float32")
        self.mean = self.add_weight(image_shape, "zeros", trainable=False, name="mean")

    def call(self, images: tf.Tensor) -> tf.Tensor:
        return images - self.mean.value

    def centre(self, mean: Images) -> None:
        """Set the mean image [h, w, c] in [0, 1]."""
        self.mean.assign(mean)
