"""Residual networks, with normalisation and activation before each convolution. He et al. 2016, fig. 4e."""

from math import prod

import tensorflow as tf
from keras import Sequential, layers

from vaeflow.models.networks.config import ResidualNetwork
from vaeflow.models.networks.dense import dense_layers
from vaeflow.models.networks.normalisation import activate
from vaeflow.models.networks.shapes import ImageShape, crop, halved


def residual_encoder(config: ResidualNetwork) -> list[layers.Layer]:
    """Layers of images [batch, h, w, c] → features [batch, hidden]."""
    stack: list[layers.Layer] = [layers.Conv2D(config.filters[0], 3, padding="same")]
    before = config.filters[0]
    for filters in config.filters:
        stack.append(ResidualBlock(config, before, filters, scale="down"))
        stack += [ResidualBlock(config, filters, filters) for _ in range(config.blocks - 1)]
        before = filters
    features = [layers.Flatten(), layers.Dense(config.hidden, config.activation)]
    return [*stack, *activate(config.normalisation, before, config.activation), *features]


def residual_decoder(config: ResidualNetwork, shape: ImageShape) -> Sequential:
    """Codes [batch, latent] → pixel parameters [batch, h, w, channels]."""
    height, width, channels = shape
    sizes = halved((height, width), len(config.filters))
    smallest = (*sizes[-1], config.filters[-1])
    stack = [*dense_layers((config.hidden,), config.activation), layers.Dense(prod(smallest)), layers.Reshape(smallest)]
    after = (config.filters[0], *config.filters[:-1])
    for place in reversed(range(len(config.filters))):
        filters = config.filters[place]
        stack += [ResidualBlock(config, filters, filters) for _ in range(config.blocks - 1)]
        stack.append(ResidualBlock(config, filters, after[place], scale="up"))
        stack += crop(sizes[place + 1], sizes[place])
    stack += activate(config.normalisation, config.filters[0], config.activation)
    return Sequential([*stack, layers.Conv2D(channels, 3, padding="same", dtype="float32")], name="decoder")


class ResidualBlock(layers.Layer):
    """Features [batch, h, w, before] → [batch, h', w', after]: two convolutions, added to their input.

    Scale "down" halves the size by a stride, "up" doubles it. Where the shape changes, a 1×1 convolution adapts the
    input before it is added.
    """

    def __init__(self, config: ResidualNetwork, before: int, after: int, scale: str = "same"):
        super().__init__()
        first = {
            "same": lambda: layers.Conv2D(after, 3, padding="same"),
            "down": lambda: layers.Conv2D(after, 3, strides=2, padding="same"),
            "up": lambda: layers.Conv2DTranspose(after, 4, strides=2, padding="same"),
        }
        stack = [*activate(config.normalisation, before, config.activation), first[scale]()]
        stack += [*activate(config.normalisation, after, config.activation), layers.Conv2D(after, 3, padding="same")]
        self.residual = Sequential(stack)
        shortcut: list[layers.Layer] = []
        if scale != "same" or before != after:
            shortcut.append(layers.Conv2D(after, 1, strides=2 if scale == "down" else 1))
        if scale == "up":
            shortcut.append(layers.UpSampling2D(2))
        self.shortcut = Sequential(shortcut or [layers.Identity()])

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return self.shortcut(inputs) + self.residual(inputs)
