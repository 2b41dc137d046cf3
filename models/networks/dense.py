"""Fully connected networks."""

from collections.abc import Sequence
from math import prod

from keras import Sequential, layers

from vaeflow.models.networks.config import Activation, DenseNetwork, DenseNormalisation
from vaeflow.models.networks.normalisation import activate, needs_bias
from vaeflow.models.networks.shapes import ImageShape


def mlp(units: Sequence[int], activation: Activation, normalisation: DenseNormalisation = "none") -> Sequential:
    """Features [batch, n] → features [batch, units[-1]]; the identity if `units` is empty."""
    return Sequential(dense_layers(units, activation, normalisation) or [layers.Identity()])


def dense_layers(
    units: Sequence[int], activation: Activation, normalisation: DenseNormalisation = "none"
) -> list[layers.Layer]:
    """The layers of `mlp`, for use in a larger stack."""
    if normalisation == "none":
        return [layers.Dense(n, activation) for n in units]
    bias = needs_bias(normalisation)
    return [layer for n in units for layer in (layers.Dense(n, use_bias=bias), *activate(normalisation, n, activation))]


def dense_encoder(config: DenseNetwork) -> list[layers.Layer]:
    """Layers of images [batch, h, w, c] → features [batch, n]."""
    return [layers.Flatten(), *dense_layers(config.hidden, config.activation, config.normalisation)]


def dense_decoder(config: DenseNetwork, shape: ImageShape) -> Sequential:
    """Codes [batch, latent] → pixel parameters [batch, h, w, channels]."""
    hidden = dense_layers(config.hidden[::-1], config.activation, config.normalisation)
    return Sequential([*hidden, layers.Dense(prod(shape), dtype="float32"), layers.Reshape(shape)], name="decoder")
