"""Pairs of an image and a class, for which the terms of a bound are computed before they are summed over classes.

Most networks see an image and a class together, so that the number of pairs decides how long a step takes.
"""

from typing import Protocol

import tensorflow as tf

from vaeflow.models.distributions import gumbel_noise

IMPOSSIBLE = -1e9
"""Log-probability of a class that is known to be wrong: finite, so that 0 · log 0 is 0."""


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


class ChosenPairs:
    """Only the own class of the first `labelled` images, which all have a label, and chosen classes of the others.

    [..., pairs]: first those of images with a label, then choice by choice those of the others.
    """

    def __init__(self, labels: tf.Tensor, labelled: int, chosen: tf.Tensor):
        """`chosen` are the classes of each of the other images, as one-hot vectors [..., others, choices, classes]."""
        self.labelled, self.choices = labelled, chosen.shape[-2]
        self.others = tf.shape(labels)[0] - labelled
        leading, num_classes = tf.shape(chosen)[:-3], chosen.shape[-1]
        own = tf.broadcast_to(
            tf.one_hot(labels[:labelled], num_classes), tf.concat([leading, [labelled, num_classes]], axis=0)
        )
        rows = tf.concat([leading, [self.choices * self.others, num_classes]], axis=0)
        self.classes = tf.concat([own, tf.reshape(tf.einsum("...nkc->...knc", chosen), rows)], axis=-2)

    def of(self, values: tf.Tensor, event: int = 1) -> tf.Tensor:
        """The values of images with a label once, those of the others once for each choice."""
        axis = values.shape.rank - event - 1
        own, others = tf.split(values, [self.labelled, self.others], axis=axis)
        repeats = [self.choices if place == axis else 1 for place in range(values.shape.rank)]
        return tf.concat([own, tf.tile(others, repeats)], axis=axis)

    def expected(self, values: tf.Tensor, log_classes: tf.Tensor) -> tf.Tensor:
        """The values of images with a label, and the expectations of those of the others."""
        axis = log_classes.shape.rank - 2
        own, others = tf.split(values, [self.labelled, self.choices * self.others], axis=axis)
        by_choice = tf.stack(tf.split(others, self.choices, axis=axis))
        return tf.concat([own, self.of_choices(by_choice, log_classes[..., self.labelled :, :])], axis=axis)

    def of_choices(self, values: tf.Tensor, log_classes: tf.Tensor) -> tf.Tensor:
        """Expectation [..., others, *event] of values [choices, ..., others, *event], given log q(y) of the others."""
        raise NotImplementedError


class NeededPairs(ChosenPairs):
    """Every class of images without a label.

    Bounds are the same as those of `AllPairs`, in which the other classes of an image with a label have the weight 0,
    but for the noise, and for the statistics of batch normalisation, which no longer cover pairs of weight 0.
    """

    def __init__(self, num_classes: int, labels: tf.Tensor, labelled: int):
        others = tf.shape(labels)[0] - labelled
        super().__init__(labels, labelled, tf.tile(tf.eye(num_classes)[tf.newaxis], [others, 1, 1]))

    def of_choices(self, values: tf.Tensor, log_classes: tf.Tensor) -> tf.Tensor:
        return expected(values, tf.exp(log_classes))


class SampledPairs(ChosenPairs):
    """The most probable classes of images without a label, and one that is drawn from the rest in proportion to q(y).

    The drawn class stands for the rest, with all of its probability. Expectations and their gradients are unbiased, and
    vary little where q(y) is sure of the class. Liu et al. 2019, §3.
    """

    def __init__(self, log_classes: tf.Tensor, labels: tf.Tensor, labelled: int, summed: int, seed: tf.Tensor):
        """`log_classes` [..., batch, classes] is log q(y), of which the `summed` most probable are summed over."""
        log_q, num_classes = tf.stop_gradient(log_classes[..., labelled:, :]), log_classes.shape[-1]
        _, top = tf.math.top_k(log_q, summed)
        taken = tf.reduce_sum(tf.one_hot(top, num_classes), axis=-2) > 0
        scores = tf.where(taken, 2 * IMPOSSIBLE, log_q + gumbel_noise(tf.shape(log_q), seed))
        drawn = tf.argmax(scores, axis=-1, output_type=tf.int32)[..., tf.newaxis]
        self.summed, self.chosen = summed, tf.concat([top, drawn], axis=-1)
        super().__init__(labels, labelled, tf.one_hot(self.chosen, num_classes))

    def of_choices(self, values: tf.Tensor, log_classes: tf.Tensor) -> tf.Tensor:
        """The estimate, with the mean over the summed classes as the baseline of its gradient."""
        log_q = tf.gather(log_classes, self.chosen, batch_dims=log_classes.shape.rank - 1)
        top, drawn = tf.exp(log_q[..., : self.summed]), log_q[..., self.summed :]
        covered = tf.stop_gradient(tf.reduce_sum(top, axis=-1, keepdims=True))
        rest = (1 - covered) * tf.exp(drawn - tf.stop_gradient(drawn))
        baseline = tf.stop_gradient(expected(values[: self.summed], top / covered))
        return baseline + expected(values - baseline, tf.concat([top, rest], axis=-1))


def expected(values: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """Expectation [..., *event] of values [classes, ..., *event] under probabilities [..., classes]."""
    rank = probabilities.shape.rank
    weights = tf.transpose(probabilities, last_first(rank))
    events = [1] * (values.shape.rank - rank)
    return tf.reduce_sum(tf.reshape(weights, tf.concat([tf.shape(weights), events], axis=0)) * values, axis=0)


def last_first(rank: int) -> list[int]:
    """The permutation of axes that moves the last one to the front."""
    return [rank - 1, *range(rank - 1)]
