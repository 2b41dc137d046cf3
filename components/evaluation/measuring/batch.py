"""A batch of images with the model's results for it."""

from collections.abc import Callable
from functools import cached_property

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.components.evaluation.settings import Settings
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.terms import Elbo


class Batch:
    """A model and a batch of images. Results that several measures need are computed at most once.

    The noise is a function of the seed and the index of the batch, so that it is the same on every Beam runner.
    """

    def __init__(
        self, model: LatentVariableModel, images: tf.Tensor, labels: tf.Tensor, index: tf.Tensor, settings: Settings
    ):
        self.model = model
        self.images = images
        self.x = model.observe(images)
        self.labels = labels
        self.index = index
        self.settings = settings
        self.seeds = tf.unstack(tf.random.split(tf.stack([tf.constant(settings.seed), index]), 2))
        """Two independent seeds of shape [2]: one for the ELBO, one for all other noise."""

    def unlabelled(self) -> "Batch":
        """The same images, as if their classes were unknown."""
        return Batch(self.model, self.images, tf.fill(tf.shape(self.labels), -1), self.index, self.settings)

    @property
    def given(self) -> tf.Tensor | None:
        """The labels [batch] if the model is conditional, else None."""
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
        """Mean images [batch, h, w, c] decoded from the posterior means."""
        return self.model.reconstruct(self.x, self.given)


Measures = dict[str, tf.Tensor]
"""Named tensors, each [batch, ...]."""
Measure = Callable[[Batch], Measures]
"""A function that measures a batch. It must be picklable, because it is sent to Beam workers."""


def posterior_means(batch: Batch) -> Measures:
    """Codes [batch, code]: the means of q(z | x)."""
    return {"mean": batch.model.embed(batch.x, batch.given)}


def posterior_draws(batch: Batch) -> Measures:
    """A code drawn from each q(z | x), [batch, code]: together, draws of the aggregated posterior."""
    return {"draw": batch.posterior.sample(seed=tf.random.fold_in(batch.seeds[0], 2))}


def posteriors(batch: Batch) -> Measures:
    """Means and standard deviations of q(z | x), and a code drawn from each, all [batch, code]."""
    return posterior_means(batch) | {"stddev": batch.posterior.stddev()} | posterior_draws(batch)
