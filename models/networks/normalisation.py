"""Normalisation layers, by their name in a configuration."""

from keras import layers

from vaeflow.models.networks.config import Normalisation

MOMENTUM = 0.95
"""Of the moving statistics of batch normalisation: they follow the last 20 steps or so, which short trainings need."""
CHANNELS_IN_GROUP = 16


def normalise(kind: Normalisation, channels: int) -> list[layers.Layer]:
    """The layer that normalises features [batch, ..., channels], or none.

    batch: Ioffe & Szegedy 2015. layer: over the channels of each place, Ba et al. 2016. group: over groups of 16
    channels and all places, Wu & He 2018, §4.1; all channels are one group where they cannot be divided so.
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
    """Normalisation, then the activation."""
    return [*normalise(kind, channels), layers.Activation(activation)]


def needs_bias(kind: Normalisation) -> bool:
    """Whether a layer before the normalisation needs a bias; batch normalisation takes every constant away again."""
    return kind != "batch"
