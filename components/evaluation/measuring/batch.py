"""One batch of images and what a model says about it."""

from collections.abc import Callable
from functools import cached_property

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.components.evaluation.settings import Settings
from vaeflow.models.base import Elbo, LatentVariableModel


class Batch:
    """A model and a batch of images. What several measures need is computed at most once.

    The noise of a batch is a function of the seed and of the batch's index, so that it is the same on every engine.
    """

    def __init__(
        self, model: LatentVariableModel, images: tf.Tensor, labels: tf.Tensor, index: tf.Tensor, settings: Settings
    ):
        self.model = model
        self.x = model.observe(images)
        self.labels = labels
        self.settings = settings
        self.seeds = tf.unstack(tf.random.split(tf.stack([tf.constant(settings.seed), index]), 2))
        """Two independent seeds, of shape [2]: of the ELBO, and of whatever is drawn beside it."""

    @property
    def given(self) -> tf.Tensor | None:
        """The labels [batch], if the model is one of images given their label."""
        return self.model.given(self.labels)

    @cached_property
    def posterior(self) -> tfd.Distribution:
        """q(z | x)."""
        return self.model.posterior(self.x, self.given)

    @cached_property
    def elbo(self) -> Elbo:
        """The terms of the ELBO, from one sample of the posterior."""
        return self.model.elbo(self.x, self.seeds[0], self.given)

    @cached_property
    def reconstruction(self) -> tf.Tensor:
        """The mean images at the posterior means, [batch, h, w, c]."""
        return self.model.reconstruct(self.x, self.given)


Measures = dict[str, tf.Tensor]
"""Named tensors, each [batch, ...]."""
Measure = Callable[[Batch], Measures]
"""What is measured of one batch. It must be picklable: a Beam worker calls it with a model of its own."""


def posterior_means(batch: Batch) -> Measures:
    """The codes alone."""
    return {"mean": batch.model.embed(batch.x, batch.given)}


def posteriors(batch: Batch) -> Measures:
    """Mean and standard deviation of q(z | x), each [batch, code]."""
    return posterior_means(batch) | {"stddev": batch.posterior.stddev()}
