"""Normalisation layers by their names in a configuration."""

from keras import layers

from vaeflow.models.networks.config import Normalisation

MOMENTUM = 0.95
"""Momentum of batch normalisation: averages over about the last 20 steps, short enough for short trainings."""
CHANNELS_IN_GROUP = 16


def normalise(kind: Normalisation, channels: int) -> list[layers.Layer]:
    """The layer that normalises features [batch, ..., channels], in a list that is empty for "none".

    batch: Ioffe & Szegedy 2015. layer: over the channels at each position, Ba et al. 2016. group: over groups of 16
    channels and all positions, Wu & He 2018, §4.1; a single group if the channels are not a multiple of 16.
    """
    if kind == "batch":
        return [layers.BatchNormalization(momentum=MOMENTUM)]
    if kind == "layer":
        return [layers.LayerNormalization()]
    if kind == "group":
        groups, rest = divmod(channels, CHANNELS_IN_GROUP)
        return [layers.GroupNormalization(1 if rest else groups)]
    return []


def activate(kind: Normalisation, channels: int, activation: str) -> list[layers.Layer]:
    """The normalisation layer, if any, then the activation."""
    return [*normalise(kind, channels), layers.Activation(activation)]


def needs_bias(kind: Normalisation) -> bool:
    """Whether a layer before the normalisation needs a bias: batch normalisation removes every constant."""
    return kind != "batch"
