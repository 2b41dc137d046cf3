"""The joint distribution of layers of codes that are sampled one after the other."""

from collections.abc import Callable, Sequence
from typing import Literal

import tensorflow as tf
from tensorflow_probability import distributions as tfd
from tensorflow_probability.python.internal.samplers import sanitize_seed

from vaeflow.models.distributions import CodeDistribution

Step = Callable[[tf.Tensor], tfd.Distribution]
"""Codes [..., dim] of one layer → the distribution of the layer sampled next, with batch shape [...]."""
Parts = list[tf.Tensor]
"""Codes [..., dim] of each layer, lowest first."""


class Chain(CodeDistribution):
    """Layers of codes z_1 … z_L as one code vector, z_1 first. Each layer is sampled given the one before it.

    Direction "up" means p(z_1) p(z_2 | z_1) …, "down" means p(z_L) p(z_{L-1} | z_L) ….
    """

    def __init__(
        self, first: tfd.Distribution, steps: Sequence[Step], sizes: Sequence[int], direction: Literal["up", "down"]
    ):
        self.first, self.steps, self.sizes = first, steps, sizes
        self.direction = 1 if direction == "up" else -1
        super().__init__(first.mean(), sum(sizes), reparameterised=True)

    def draw(
        self, sample_shape: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0
    ) -> tuple[Parts, list[tfd.Distribution]]:
        """Sampled codes of each layer, and their conditionals; `temperature` multiplies all standard deviations."""
        seeds = tf.unstack(tf.random.split(sanitize_seed(seed), len(self.sizes)))
        shapes = [sample_shape, *([()] * len(self.steps))]

        def sample(conditional: tfd.Distribution, place: int) -> tf.Tensor:
            return at_temperature(conditional, seeds[place], temperature, shapes[place])

        return self._go(sample)

    def conditionals(self, z: Parts) -> list[tfd.Distribution]:
        """The distribution of each layer given the code of the one sampled before it."""
        given = z[:: self.direction][:-1]
        return [self.first, *(step(code) for step, code in zip(self.steps, given, strict=True))][:: self.direction]

    def split(self, code: tf.Tensor) -> Parts:
        """A code vector [..., code] → the codes of each layer."""
        parts: Parts = tf.split(code, list(self.sizes), axis=-1)
        return parts

    def _go(self, choose: Callable[[tfd.Distribution, int], tf.Tensor]) -> tuple[Parts, list[tfd.Distribution]]:
        """Go from layer to layer and choose a code from each conditional."""
        conditionals = [self.first]
        codes = [choose(self.first, 0)]
        for place, step in enumerate(self.steps, start=1):
            conditionals.append(step(codes[-1]))
            codes.append(choose(conditionals[-1], place))
        return codes[:: self.direction], conditionals[:: self.direction]

    def _sample_and_log_prob(self, sample_shape: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        codes, conditionals = self.draw(sample_shape, seed)
        return tf.concat(codes, axis=-1), log_density(codes, conditionals)

    def _sample_n(self, n: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        return tf.concat(self.draw(n, seed)[0], axis=-1)

    def _log_prob(self, value: tf.Tensor) -> tf.Tensor:
        codes = self.split(value)
        return log_density(codes, self.conditionals(codes))

    def _mean(self) -> tf.Tensor:
        """The mean of each conditional, given the mean of the one before it."""
        return tf.concat(self._go(_mean_of)[0], axis=-1)

    def _stddev(self) -> tf.Tensor:
        """The standard deviation of each conditional, given the mean of the one before it."""
        return tf.concat([conditional.stddev() for conditional in self._go(_mean_of)[1]], axis=-1)


def at_temperature(
    conditional: tfd.Distribution, seed: tf.Tensor, temperature: float | tf.Tensor, shape: int | tf.Tensor = ()
) -> tf.Tensor:
    """A sample of a normal whose standard deviations are multiplied by `temperature`."""
    mean = conditional.mean()
    return mean + temperature * (conditional.sample(shape, seed=seed) - mean)


def log_density(codes: Parts, conditionals: Sequence[tfd.Distribution]) -> tf.Tensor:
    """The sum of the conditionals' log-densities, [...], in nats."""
    return tf.add_n([conditional.log_prob(z) for z, conditional in zip(codes, conditionals, strict=True)])


def _mean_of(conditional: tfd.Distribution, place: int) -> tf.Tensor:
    return conditional.mean()
