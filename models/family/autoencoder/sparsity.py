"""Sparsity of codes: their activation, and the penalty on them in nats per image."""

from collections.abc import Mapping
from typing import assert_never

import tensorflow as tf

from vaeflow.models.family.autoencoder.config import KLSparsity, L1Sparsity, Sparsity

SMALLEST = 1e-6


def activation(sparsity: Sparsity | None) -> str:
    """Activation of the code: ReLU for L1, so that codes can be exactly 0; sigmoid for KL, with units on or off."""
    match sparsity:
        case None:
            return "linear"
        case L1Sparsity():
            return "relu"
        case KLSparsity():
            return "sigmoid"
        case _:
            assert_never(sparsity)


def sparsity_penalties(sparsity: Sparsity | None, z: tf.Tensor) -> Mapping[str, tf.Tensor]:
    """The penalty [batch] on codes z [batch, code], by its name; empty without sparsity."""
    match sparsity:
        case None:
            return {}
        case L1Sparsity():
            return {"sparsity": sparsity.weight * tf.reduce_sum(tf.abs(z), axis=-1)}
        case KLSparsity():
            divergence = bernoulli_divergence(sparsity.target, tf.reduce_mean(z, axis=0))
            return {"sparsity": tf.fill(tf.shape(z)[:1], sparsity.weight * divergence)}
        case _:
            assert_never(sparsity)


def bernoulli_divergence(target: float, activation: tf.Tensor) -> tf.Tensor:
    """Σ_j KL(ρ || ρ̂_j) of mean activations ρ̂ [code] in (0, 1), in nats. Ng 2011, §3."""
    activation = tf.clip_by_value(activation, SMALLEST, 1 - SMALLEST)
    on = target * (tf.math.log(target) - tf.math.log(activation))
    off = (1 - target) * (tf.math.log(1 - target) - tf.math.log(1 - activation))
    return tf.reduce_sum(on + off)
