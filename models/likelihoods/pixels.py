"""Likelihood layers: from pixel parameters to a distribution over images."""

from typing import ClassVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow_probability import distributions as tfd

from vaeflow.models.arrays import Images
from vaeflow.models.likelihoods.black_and_white import BlackAndWhite

MIN_MEAN, MAX_MEAN = 0.01, 0.99
"""Range of the means for which `location` is exact: the logit of a pixel that is always black would be -∞."""
# A standard deviation below one grey level would only model the rounding to 8 bits, with an unbounded density.
MIN_STDDEV = 1 / 255
MAX_LOGIT = 1 / MIN_STDDEV
"""Of the continuous Bernoulli, which is close to an exponential distribution with deviation 1 / |logit| there."""


class PixelLikelihood(keras.layers.Layer):
    """Decoder output [..., h, w, c * parameters_per_pixel] → distribution over images, event shape [h, w, c].

    `data_log_scale` is the log of the number of grey levels per unit of the density, in nats per pixel: 0 for a
    probability mass, log 256 for a density on [0, 1]. It makes bits per dimension comparable between likelihoods.
    """

    parameters_per_pixel: ClassVar[int] = 1
    data_log_scale: ClassVar[float] = float(np.log(256))

    def __init__(self) -> None:
        super().__init__(dtype="float32")

    def location(self, mean: Images) -> NDArray[np.float32]:
        """The pixel parameters [h, w, c * parameters_per_pixel] of the distribution with mean image [h, w, c]."""
        raise NotImplementedError


class Bernoulli(PixelLikelihood):
    """Black or white, independently at every pixel."""

    data_log_scale = 0.0

    def call(self, logits: tf.Tensor) -> tfd.Distribution:
        return BlackAndWhite(logits)

    def location(self, mean: Images) -> NDArray[np.float32]:
        mean = np.clip(mean, MIN_MEAN, MAX_MEAN)
        return np.log(mean) - np.log1p(-mean)


class ContinuousBernoulli(PixelLikelihood):
    """A grey value in [0, 1]. Loaiza-Ganem & Cunningham 2019, eq. 8, with logits that are bounded smoothly.

    Their density is unbounded at pixels that are exactly black or white, as those of most drawings are.
    """

    def call(self, unbounded: tf.Tensor) -> tfd.Distribution:
        return tfd.Independent(tfd.ContinuousBernoulli(logits=MAX_LOGIT * tf.tanh(unbounded / MAX_LOGIT)), 3)

    def location(self, mean: Images) -> NDArray[np.float32]:
        """The logits are not those of the mean: they are read from a table of the mean, eq. 9, as its inverse."""
        logits = np.linspace(-1 / MIN_MEAN, 1 / MIN_MEAN, 20_000)  # an even number, which leaves out 0
        found = np.interp(mean, -1 / np.expm1(-logits) - 1 / logits, logits)
        return (MAX_LOGIT * np.arctanh(found / MAX_LOGIT)).astype(np.float32)


class Gaussian(PixelLikelihood):
    """A normal around the decoder's output."""

    def location(self, mean: Images) -> NDArray[np.float32]:
        return mean


class FixedGaussian(Gaussian):
    """A normal with a given standard deviation."""

    def __init__(self, stddev: float):
        super().__init__()
        self.stddev = stddev

    def call(self, loc: tf.Tensor) -> tfd.Distribution:
        return tfd.Independent(tfd.Normal(loc, self.stddev), 3)


class LearnedGaussian(Gaussian):
    """A normal with one learned standard deviation for all pixels. Rybkin et al. 2021, §3."""

    def __init__(self, stddev: float):
        super().__init__()
        self.initial = float(np.log(stddev))

    def build(self, input_shape: tf.TensorShape) -> None:
        self.log_stddev = self.add_weight(shape=(), initializer=keras.initializers.Constant(self.initial))

    def call(self, loc: tf.Tensor) -> tfd.Distribution:
        return tfd.Independent(tfd.Normal(loc, tf.maximum(tf.exp(self.log_stddev), MIN_STDDEV)), 3)


class PerPixelGaussian(Gaussian):
    """A normal whose mean and standard deviation the decoder predicts for every pixel."""

    parameters_per_pixel = 2

    def __init__(self, stddev: float):
        super().__init__()
        self.offset = float(np.log(np.expm1(stddev)))

    def call(self, parameters: tf.Tensor) -> tfd.Distribution:
        loc, raw_stddev = tf.split(parameters, 2, axis=-1)
        return tfd.Independent(tfd.Normal(loc, tf.nn.softplus(raw_stddev + self.offset) + MIN_STDDEV), 3)

    def location(self, mean: Images) -> NDArray[np.float32]:
        return np.concatenate([mean, np.zeros_like(mean)], axis=-1)
