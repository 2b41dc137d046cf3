"""Prior layers: distributions over codes with parameters of their own, or with those of the posterior."""

import math
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.distributions import standard_normal
from vaeflow.models.observation import LEVELS
from vaeflow.models.posteriors.full_normal import FullNormal
from vaeflow.models.priors.mixture import NormalMixture
from vaeflow.models.training.data import TrainingSet

Posterior = Callable[[tf.Tensor], tfd.Distribution]
"""q(z | x) of a model: x [batch, h, w, c] → batch shape [batch], event shape [dim]."""

MIN_STDDEV = 1e-2
"""Minimum standard deviation of a trained component, which prevents its collapse onto a single code."""
CANDIDATES = 10_000
"""Number of training images, from the start of the split, among which pseudo-inputs are chosen."""


class PriorLayer(keras.layers.Layer):
    """p(z) over codes [dim]."""

    def __init__(self) -> None:
        super().__init__(dtype="float32")

    def distribution(self, posterior: Posterior) -> tfd.Distribution:
        """The prior, with event shape [dim], of a model with this posterior, from which some priors are built."""
        raise NotImplementedError

    def initialise(self, data: TrainingSet) -> None:
        """Set weights from training images before the first step."""


class StandardNormal(PriorLayer):
    """N(0, I)."""

    def __init__(self, dim: int):
        super().__init__()
        self.dim = dim

    def distribution(self, posterior: Posterior) -> tfd.Distribution:
        return standard_normal(self.dim)


class Mixture(PriorLayer):
    """Σ_k π_k N(μ_k, diag σ_k²), with all parameters trained; the means are initialised at random around 0."""

    def __init__(self, components: int, dim: int):
        super().__init__()
        self.logits = self.add_weight((components,), initializer="zeros", name="logits")
        self.loc = self.add_weight((components, dim), keras.initializers.RandomNormal(stddev=1.0), name="loc")
        self.raw_stddev = self.add_weight(
            (components, dim), keras.initializers.Constant(_softplus_inverse(1 - MIN_STDDEV)), name="raw_stddev"
        )

    def distribution(self, posterior: Posterior | None = None) -> NormalMixture:
        stddev = tf.nn.softplus(self.raw_stddev.value) + MIN_STDDEV
        return NormalMixture(tf.nn.log_softmax(self.logits.value), self.loc.value, stddev)

    def set_components(self, weights: np.ndarray, loc: np.ndarray, stddev: np.ndarray) -> None:
        """Set π [components], μ and σ [components, dim]."""
        self.logits.assign(np.log(weights))
        self.loc.assign(loc)
        self.raw_stddev.assign(_softplus_inverse(np.maximum(stddev - MIN_STDDEV, MIN_STDDEV)))


class Vamp(PriorLayer):
    """1/K Σ_k q(z | u_k) with trained pseudo-inputs u_k in [0, 1]. Tomczak & Welling 2018, eq. 9."""

    def __init__(self, components: int, image_shape: tuple[int, int, int]):
        super().__init__()
        self.pseudo_inputs = self.add_weight(
            (components, *image_shape),
            keras.initializers.RandomUniform(0.0, 1.0),
            constraint=_between_black_and_white,
            name="pseudo_inputs",
        )

    def distribution(self, posterior: Posterior) -> NormalMixture:
        q = posterior(self.pseudo_inputs.value)
        loc, scale = (q.loc, q.scale_tril) if isinstance(q, FullNormal) else (q.distribution.loc, q.distribution.scale)
        components = self.pseudo_inputs.shape[0]
        return NormalMixture(tf.fill([components], -math.log(components)), loc, scale)

    def initialise(self, data: TrainingSet) -> None:
        """Set the pseudo-inputs to random training images, with their stored grey values."""
        images = data.take(CANDIDATES).images
        components = self.pseudo_inputs.shape[0]
        random = np.random.default_rng(data.seed)
        chosen = random.choice(len(images), components, replace=components > len(images))
        self.pseudo_inputs.assign(images[chosen].astype(np.float32) / LEVELS)


def _between_black_and_white(images: tf.Tensor) -> tf.Tensor:
    return keras.ops.clip(images, 0.0, 1.0)


def _softplus_inverse(value: np.ndarray | float) -> np.ndarray:
    return value + np.log(-np.expm1(-np.asarray(value)))
