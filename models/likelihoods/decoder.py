"""From codes to the distribution of an image: the decoder network and the likelihood of its pixels, as one layer."""

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.arrays import Images
from vaeflow.models.likelihoods.building import build_likelihood
from vaeflow.models.likelihoods.config import Likelihood
from vaeflow.models.networks.building import build_decoder
from vaeflow.models.networks.config import Network
from vaeflow.models.networks.shapes import ImageShape


class ImageDecoder(keras.layers.Layer):
    """Codes [..., code] → p(x | z): batch shape [...], event shape [h, w, c].

    The network's output is added to an offset, the mean image: otherwise codes would have to say how bright images are,
    and samples of a short training would be dark.
    """

    def __init__(self, network: Network, likelihood: Likelihood, image_shape: ImageShape):
        super().__init__(dtype="float32", autocast=False)
        self.likelihood = build_likelihood(likelihood)
        channels = image_shape[-1] * self.likelihood.parameters_per_pixel
        self.network = build_decoder(network, image_shape, channels)
        self.offset = self.add_weight((*image_shape[:2], channels), "zeros", trainable=False, name="offset")

    def centre(self, mean: Images) -> None:
        """Set the offset to the mean image [h, w, c] in [0, 1], in the parameters of the likelihood."""
        self.offset.assign(self.likelihood.location(mean))

    def call(self, z: tf.Tensor) -> tfd.Distribution:
        pixels = tf.cast(self.network(tf.reshape(z, [-1, z.shape[-1]])), tf.float32) + self.offset.value
        return self.likelihood(tf.reshape(pixels, tf.concat([tf.shape(z)[:-1], pixels.shape[1:]], 0)))

    @property
    def data_log_scale(self) -> float:
        """That of the likelihood; see `PixelLikelihood`."""
        return self.likelihood.data_log_scale
