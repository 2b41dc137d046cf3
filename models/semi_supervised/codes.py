"""Distributions over codes that end with a class: [..., latent + classes], the class as a one-hot vector."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow_probability import distributions as tfd
from tensorflow_probability.python.internal.samplers import sanitize_seed

from vaeflow.models.distributions import CodeDistribution, diagonal_normal, gumbel_noise
from vaeflow.models.semi_supervised.pairs import IMPOSSIBLE, expected, last_first


class LatentAndClass(CodeDistribution):
    """q(y) q(z | y): a class y, and a normal distribution of z for each class.

    `log_classes` [..., classes] is log q(y), and `latents` a diagonal normal with batch shape [classes, ...].
    """

    def __init__(self, log_classes: tf.Tensor, latents: tfd.Distribution):
        self.log_classes, self.latents = log_classes, latents
        self.num_classes = int(log_classes.shape[-1])
        self.latent_dim = int(latents.event_shape[-1])
        super().__init__(log_classes, self.latent_dim + self.num_classes, reparameterised=False)

    @property
    def class_probabilities(self) -> tf.Tensor:
        """q(y), [..., classes]."""
        return tf.exp(self.log_classes)

    def expected(self, values: tf.Tensor) -> tf.Tensor:
        """Expectation [...] under q(y) of `values` [classes, ...], one for each class."""
        return expected(values, self.class_probabilities)

    def _sample_n(self, n: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        class_seed, latent_seed = tf.unstack(tf.random.split(sanitize_seed(seed), 2))
        shape = tf.concat([[n], tf.shape(self.log_classes)], axis=0)
        chosen = tf.argmax(self.log_classes + gumbel_noise(shape, class_seed), axis=-1)
        y = tf.one_hot(chosen, self.num_classes)
        return tf.concat([self.latent_given(y).sample(seed=latent_seed), y], axis=-1)

    def latent_given(self, y: tf.Tensor) -> tfd.Distribution:
        """q(z | y) for one-hot classes [..., classes]."""
        normal = self.latents.distribution
        weights = tf.transpose(y, last_first(y.shape.rank))[..., tf.newaxis]
        loc, scale = (tf.reduce_sum(weights * self._under(y, part), axis=0) for part in (normal.loc, normal.scale))
        return diagonal_normal(loc, scale)

    def _under(self, y: tf.Tensor, part: tf.Tensor) -> tf.Tensor:
        """[classes, ..., latent] with axes inserted after the first, so that it broadcasts against the batch of y."""
        missing = y.shape.rank + 1 - part.shape.rank
        return tf.reshape(part, tf.concat([tf.shape(part)[:1], [1] * missing, tf.shape(part)[1:]], axis=0))

    def _log_prob(self, code: tf.Tensor) -> tf.Tensor:
        z, y = tf.split(code, [self.latent_dim, self.num_classes], axis=-1)
        return self.latent_given(y).log_prob(z) + tf.reduce_sum(y * self.log_classes, axis=-1)

    def _mean(self) -> tf.Tensor:
        loc = self.expected(self.latents.distribution.loc)
        return tf.concat([loc, self.class_probabilities], axis=-1)

    def _variance(self) -> tf.Tensor:
        normal, p = self.latents.distribution, self.class_probabilities
        within, second = self.expected(normal.scale**2), self.expected(normal.loc**2)
        between = tf.maximum(second - self.expected(normal.loc) ** 2, 0.0)
        return tf.concat([within + between, p * (1 - p)], axis=-1)

    def _stddev(self) -> tf.Tensor:
        return tf.sqrt(self._variance())


class GivenClass(CodeDistribution):
    """A latent z of any distribution with batch shape [batch], and a given class y [batch, classes]."""

    def __init__(self, latent: tfd.Distribution, y: tf.Tensor):
        self.latent, self.y = latent, y
        self.latent_dim = int(latent.event_shape[-1])
        super().__init__(y, self.latent_dim + int(y.shape[-1]), reparameterised=False)

    def _sample_n(self, n: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        return self._with_class(self.latent.sample(n, seed=sanitize_seed(seed)))

    def _sample_and_log_prob(self, sample_shape: Any, seed: tf.Tensor | None = None) -> tuple[tf.Tensor, tf.Tensor]:
        """Both at once: a flow knows the density of a sample only when it draws it."""
        z, log_prob = self.latent.experimental_sample_and_log_prob(sample_shape, seed=sanitize_seed(seed))
        return self._with_class(z), log_prob

    def _with_class(self, z: tf.Tensor) -> tf.Tensor:
        return broadcast_concat(z, self.y)

    def _log_prob(self, code: tf.Tensor) -> tf.Tensor:
        return self.latent.log_prob(code[..., : self.latent_dim])

    def _mean(self) -> tf.Tensor:
        return self._with_class(self.latent.mean())

    def _stddev(self) -> tf.Tensor:
        return broadcast_concat(self.latent.stddev(), tf.zeros_like(self.y))


class Chained(CodeDistribution):
    """p(a) p(b | a) over [a, b], or over [b, a] with `reverse`; `then` gives the second distribution from a.

    `mean` and `stddev` of b are those given the mean of a, since the exact ones are intractable.
    """

    def __init__(
        self, first: tfd.Distribution, then: Callable[[tf.Tensor], tfd.Distribution], size: int, *, reverse: bool
    ):
        self.first, self.then, self.reverse = first, then, reverse
        super().__init__(first.mean(), size, reparameterised=False)

    def _sample_n(self, n: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        first_seed, second_seed = tf.unstack(tf.random.split(sanitize_seed(seed), 2))
        a = self.first.sample(n, seed=first_seed)
        return self._joined(a, self.then(a).sample(seed=second_seed))

    def _joined(self, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        return tf.concat([b, a] if self.reverse else [a, b], axis=-1)

    def _log_prob(self, code: tf.Tensor) -> tf.Tensor:
        size = int(self.first.event_shape[-1])
        a, b = (code[..., -size:], code[..., :-size]) if self.reverse else (code[..., :size], code[..., size:])
        return self.first.log_prob(a) + self.then(a).log_prob(b)

    def _mean(self) -> tf.Tensor:
        a = self.first.mean()
        return self._joined(a, self.then(a).mean())

    def _stddev(self) -> tf.Tensor:
        return self._joined(self.first.stddev(), self.then(self.first.mean()).stddev())


def log_known(log_classes: tf.Tensor, labels: tf.Tensor | None) -> tf.Tensor:
    """Log q(y) [..., batch, classes], where a known label in `labels` [batch] gets all the probability."""
    if labels is None:
        return log_classes
    certain = tf.where(tf.one_hot(labels, log_classes.shape[-1]) > 0, 0.0, IMPOSSIBLE)
    return tf.where(labels[:, tf.newaxis] >= 0, certain, log_classes)


def broadcast_concat(*parts: tf.Tensor) -> tf.Tensor:
    """Concatenation [..., Σ n_i] of vectors [..., n_i], with broadcast leading axes."""
    shape = tf.shape(parts[0])[:-1]
    for part in parts[1:]:
        shape = tf.broadcast_dynamic_shape(shape, tf.shape(part)[:-1])
    return tf.concat([tf.broadcast_to(part, tf.concat([shape, part.shape[-1:]], axis=0)) for part in parts], axis=-1)
