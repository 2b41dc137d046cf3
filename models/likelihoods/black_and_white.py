"""A distribution over black and white images, whose log-probabilities many images get in one compiled pass."""

from collections.abc import Callable
from math import prod
from typing import Any

import tensorflow as tf
from tensorflow_probability import distributions as tfd

Gradient = Callable[[tf.Tensor], Any]

MANY_PIXELS = 2**20
"""From here on, compilation pays: TensorFlow's several passes over the pixels no longer find them in a core's cache."""
LANES = 16
MAX_PIECES = 64
"""Maximum number of factors up to 2 that are multiplied before their logarithm is taken: float32 ends at 2**128."""


class BlackAndWhite(tfd.Independent):
    """A distribution over images: each pixel is 1 with a probability that `logits` [..., h, w, c] determine, else 0."""

    def __init__(self, logits: tf.Tensor):
        super().__init__(FastBernoulli(logits=logits), 3)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        # In a graph only, where the compiled function is made once.
        if tf.executing_eagerly() or not _are_many(self.distribution.batch_shape):
            return super()._log_prob(x)
        return tf.function(self._log_prob_in_one_pass, jit_compile=True)(x)

    def _log_prob_in_one_pass(self, x: tf.Tensor) -> tf.Tensor:
        logits = in_a_row(self.distribution.logits)
        return log_prob_of_bits(tf.broadcast_to(in_a_row(x), tf.shape(logits)), logits)


class FastBernoulli(tfd.Bernoulli):
    """A Bernoulli over pixels [..., h, w, c] that computes log p(x) = x·logits - softplus(logits) in one pass.

    TFP takes three passes. The pixels are flattened first: with a last axis of one channel, XLA would process them
    one by one.
    """

    def _log_prob(self, event: tf.Tensor) -> tf.Tensor:
        logits = self._logits_parameter_no_checks()
        row, x = in_a_row(logits), in_a_row(tf.cast(event, logits.dtype))
        log_prob = x * row - tf.nn.softplus(row)
        return tf.reshape(log_prob, tf.concat([tf.shape(log_prob)[:-1], logits.shape[-3:]], axis=0))


def in_a_row(pixels: tf.Tensor) -> tf.Tensor:
    """[..., h, w, c] → [..., h * w * c]."""
    return tf.reshape(pixels, tf.concat([tf.shape(pixels)[:-3], [prod(pixels.shape[-3:])]], axis=0))


@tf.custom_gradient  # type: ignore[untyped-decorator]
def log_prob_of_bits(bits: tf.Tensor, logits: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """Σ x·l - log(1 + exp(l)) over the last axis, for bits x and logits l, as Σ x·l - max(l, 0) - log(1 + exp(-|l|)).

    The logarithm is that of a product of many factors: logarithms would take most of the time.
    """

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        upstream = upstream[..., tf.newaxis]
        return upstream * logits, upstream * (bits - tf.sigmoid(logits))

    linear, factors = 0.0, 1.0
    for x, logit in zip(in_pieces(bits), in_pieces(logits), strict=True):
        linear += x * logit - tf.maximum(logit, 0.0)
        factors *= 1 + tf.exp(-tf.abs(logit))
    return tf.reduce_sum(linear - tf.math.log(factors), axis=-1), gradient


def in_pieces(row: tf.Tensor) -> list[tf.Tensor]:
    """[..., n] → at most 64 tensors of equal shape, which XLA adds and multiplies with vector instructions.

    It would not combine the elements of one tensor with each other in this way.
    """
    return tf.split(row, number_of_pieces(row.shape[-1]), axis=-1)


def number_of_pieces(size: int) -> int:
    """The largest number of equal pieces of an axis, if possible of pieces that fill vector registers."""
    numbers = [n for n in range(1, MAX_PIECES + 1) if size % n == 0]
    return max(numbers, key=lambda n: (size // n % LANES == 0, n))


def _are_many(pixels: tf.TensorShape) -> bool:
    return pixels.is_fully_defined() and pixels.num_elements() >= MANY_PIXELS
