"""Convolutional networks: strided convolutions in the encoder, transposed ones in the decoder."""

from math import prod

from keras import Sequential, layers

from vaeflow.models.networks.config import ConvolutionalNetwork
from vaeflow.models.networks.dense import dense_layers
from vaeflow.models.networks.normalisation import activate, needs_bias
from vaeflow.models.networks.shapes import ImageShape, crop, halved


def convolutional_encoder(config: ConvolutionalNetwork) -> list[layers.Layer]:
    """Layers of images [batch, h, w, c] → features [batch, hidden]."""
    stack: list[layers.Layer] = []
    for filters in config.filters:
        stack += _convolution(layers.Conv2D, config, filters)
    return [*stack, layers.Flatten(), layers.Dense(config.hidden, config.activation)]


def convolutional_decoder(config: ConvolutionalNetwork, shape: ImageShape) -> Sequential:
    """Codes [batch, latent] → pixel parameters [batch, h, w, channels].

    Each layer doubles the size, then crops the excess from rounding up in the encoder.
    """
    *size, channels = shape
    sizes = halved((size[0], size[1]), len(config.filters))
    smallest = (*sizes[-1], config.filters[-1])
    stack = [*dense_layers((config.hidden, prod(smallest)), config.activation), layers.Reshape(smallest)]
    for place in reversed(range(len(config.filters))):
        if place:
            stack += _convolution(layers.Conv2DTranspose, config, config.filters[place - 1])
        else:
            last = layers.Conv2DTranspose(channels, config.kernel_size, strides=2, padding="same", dtype="float32")
            stack.append(last)
        stack += crop(sizes[place + 1], sizes[place])
    return Sequential(stack, name="decoder")


def _convolution(kind: type[layers.Layer], config: ConvolutionalNetwork, filters: int) -> list[layers.Layer]:
    layer = kind(filters, config.kernel_size, strides=2, padding="same", use_bias=needs_bias(config.normalisation))
    return [layer, *activate(config.normalisation, filters, config.activation)]
