"""Models of images x with a class y that is known for some: what M2 and its successors share."""

from typing import Any, NamedTuple

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.classifiers.layers import require_classes
from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import diagonal_normal
from vaeflow.models.inputs.labels import require_fitting
from vaeflow.models.inputs.numbers import as_codes
from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.observation import GENERATOR
from vaeflow.models.semi_supervised.codes import LatentAndClass, broadcast_concat
from vaeflow.models.semi_supervised.config import SemiSupervisedConfig
from vaeflow.models.semi_supervised.pairs import AllPairs, NeededPairs, Pairs, SampledPairs
from vaeflow.models.terms import Elbo, TrainingTerms
from vaeflow.models.training.data import Batch, weights_of_known


class Bound(NamedTuple):
    """The bound, and the log q(y | x) [samples, batch, classes] that it was computed with."""

    elbo: Elbo
    log_classes: tf.Tensor


class ClassModel(LatentVariableModel):
    """A model whose code ends with a class: p(y) is uniform, and p(z) is N(0, I) by default."""

    generates_classes = True

    def __init__(self, config: GenerativeConfig, data: DataSpec, **kwargs: Any):
        require_classes(config.name, data.num_classes)
        super().__init__(config, data, **kwargs)
        self.num_classes = data.num_classes

    @property
    def code_dim(self) -> int:
        return self.latent_dim + self.num_classes

    def prior(self) -> tfd.Distribution:
        return self.latent_prior()

    def latent_prior(self) -> LatentAndClass:
        """p(y) p(z | y)."""
        log_classes = tf.fill([self.num_classes], -tf.math.log(float(self.num_classes)))
        shape = [self.num_classes, self.latent_dim]
        return LatentAndClass(log_classes, diagonal_normal(tf.zeros(shape), tf.ones(shape)))

    def build(self, input_shape: Any = None) -> None:
        """Create every weight: by a reconstruction, and by the bound, which uses more networks."""
        super().build(input_shape)
        self.elbo(tf.zeros((1, *self.image_shape)), tf.zeros(2, tf.int32))

    def sample_codes(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        class_seed, code_seed = tf.unstack(tf.random.split(seed, 2))
        classes = tf.random.stateless_uniform([n], class_seed, maxval=self.num_classes, dtype=tf.int32, alg=GENERATOR)
        return self.sample_class_codes(classes, code_seed, temperature)

    def class_codes(self, z: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        codes = as_codes(z, self.latent_dim)
        require_fitting(classes, codes)
        return broadcast_concat(codes, tf.one_hot(classes, self.num_classes))

    def sample_class_codes(
        self, classes: tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0
    ) -> tf.Tensor:
        """Codes with z drawn from p(z | y); the temperature scales its deviation from the mean."""
        y = tf.one_hot(classes, self.num_classes)
        return broadcast_concat(sample_around_mean(self.latent_prior().latent_given(y), seed, temperature), y)


class SemiSupervised(ClassModel):
    """A model p(x, z, y) whose q(y | x) is a classifier. Kingma et al. 2014, §3.1.2.

    The label of an image enters its bound only in training, and only where it is known.
    """

    penalty_names = ("classification",)
    config: SemiSupervisedConfig

    def bound(
        self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None, num_samples: int, labelled: int = 0
    ) -> Bound:
        """Eq. 6 for images with a label, eq. 7 for the others; the mean of `num_samples` estimates.

        The first `labelled` images all have one.
        """
        raise NotImplementedError

    def pairs(self, log_classes: tf.Tensor, labels: tf.Tensor | None, labelled: int, seed: tf.Tensor) -> Pairs:
        """The pairs of images and classes that a bound needs, given log q(y) [..., batch, classes]."""
        if labels is None or not labelled:
            return AllPairs(self.num_classes, log_classes.shape.rank - 1)
        summed = self.config.summed_classes
        if summed is None or summed + 1 >= self.num_classes:
            return NeededPairs(self.num_classes, labels, labelled)
        return SampledPairs(log_classes, labels, labelled, summed, tf.random.fold_in(seed, 1))

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        return self.bound(x, seed, labels, num_samples).elbo

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        bound = self.bound(batch.x, seed, batch.labels, num_samples, batch.labelled)
        return TrainingTerms(bound.elbo, {"classification": self.classification(bound.log_classes, batch.labels)})

    def classification(self, log_classes: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """-α log q(y | x) [batch] of labelled images, 0 of others, scaled so that its mean is that of the labelled.

        Eq. 9 weights the mean over the labelled images, however few of them are in a batch.
        """
        cross_entropy = -tf.reduce_sum(tf.one_hot(labels, self.num_classes) * tf.reduce_mean(log_classes, 0), axis=-1)
        return self.config.alpha * weights_of_known(labels) * cross_entropy


def class_kl(log_classes: tf.Tensor) -> tf.Tensor:
    """KL(q(y) || p(y)) [...] in nats for log q(y) [..., classes] and the uniform p(y).

    It is the log of the number of classes if the label is known.
    """
    negative_entropy = tf.reduce_sum(tf.exp(log_classes) * log_classes, axis=-1)
    return tf.math.log(float(log_classes.shape[-1])) + negative_entropy


def sample_around_mean(p: tfd.Distribution, seed: tf.Tensor, temperature: float | tf.Tensor) -> tf.Tensor:
    """A sample of p, with its deviation from the mean scaled by the temperature."""
    return p.mean() + temperature * (p.sample(seed=seed) - p.mean())
