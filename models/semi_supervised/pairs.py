"""Pairs of an image and a class, for which the terms of a bound are computed before they are summed over classes.

Most networks see an image and a class together, so that the number of pairs decides how long a step takes.
"""

from typing import Protocol

import tensorflow as tf


class Pairs(Protocol):
    """Pairs, in one or two axes of tensors of pairs in place of the axis [batch] in tensors of images."""

    classes: tf.Tensor
    """The class of each pair, as a one-hot vector; broadcasts with tensors of pairs."""

    def of(self, values: tf.Tensor, event: int = 1) -> tf.Tensor:
        """Values [..., batch, *event] of images, for each pair; `event` is the number of their last axes."""

    def expected(self, values: tf.Tensor, log_classes: tf.Tensor) -> tf.Tensor:
        """Expectation [..., batch, *event] of the values of pairs under q(y), given log q(y) [..., batch, classes]."""


class AllPairs:
    """Every class of every image: [classes, ..., batch]. Tensors of images broadcast with those of pairs."""

    def __init__(self, num_classes: int, rank: int):
        """`rank` is the number of axes between the class and the event."""
        self.classes = tf.reshape(tf.eye(num_classes), [num_classes, *[1] * rank, num_classes])

    def of(self, values: tf.Tensor, event: int = 1) -> tf.Tensor:
        """The values themselves."""
        return values

    def expected(self, values: tf.Tensor, log_classes: tf.Tensor) -> tf.Tensor:
        """The sum over the first axis."""
        return expected(values, tf.exp(log_classes))


class NeededPairs:
    """Only the own class of the first `labelled` images, which all have a label, and every class of the others.

    [..., pairs]: first those of images with a label, then class by class those of the others. Bounds are the same as
    those of `AllPairs`, in which the other classes of an image with a label have the weight 0, but for the noise, and
    for the statistics of batch normalisation, which no longer cover pairs of weight 0.
    """

    def __init__(self, num_classes: int, labels: tf.Tensor, labelled: int):
        self.num_classes, self.labelled = num_classes, labelled
        self.others = tf.shape(labels)[0] - labelled
        own = tf.one_hot(labels[:labelled], num_classes)
        self.classes = tf.concat([own, tf.repeat(tf.eye(num_classes), self.others, axis=0)], axis=0)

    def of(self, values: tf.Tensor, event: int = 1) -> tf.Tensor:
        """The values of images with a label once, those of the others once for each class."""
        axis = values.shape.rank - event - 1
        own, others = tf.split(values, [self.labelled, self.others], axis=axis)
        repeats = [self.num_classes if place == axis else 1 for place in range(values.shape.rank)]
        return tf.concat([own, tf.tile(others, repeats)], axis=axis)

    def expected(self, values: tf.Tensor, log_classes: tf.Tensor) -> tf.Tensor:
        """The values of images with a label, and the sums over the classes of the others."""
        axis = log_classes.shape.rank - 2
        own, others = tf.split(values, [self.labelled, self.num_classes * self.others], axis=axis)
        by_class = tf.stack(tf.split(others, self.num_classes, axis=axis))
        return tf.concat([own, expected(by_class, tf.exp(log_classes[..., self.labelled :, :]))], axis=axis)


def expected(values: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """Expectation [..., *event] of values [classes, ..., *event] under probabilities [..., classes]."""
    rank = probabilities.shape.rank
    weights = tf.transpose(probabilities, last_first(rank))
    events = [1] * (values.shape.rank - rank)
    return tf.reduce_sum(tf.reshape(weights, tf.concat([tf.shape(weights), events], axis=0)) * values, axis=0)


def last_first(rank: int) -> list[int]:
    """The permutation of axes that moves the last one to the front."""
    return [rank - 1, *range(rank - 1)]
