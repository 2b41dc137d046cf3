"""The networks between images, features and pixels. Their shapes follow from the image's, odd ones too."""

from math import prod

from keras import Sequential, layers

from vaeflow.models.model_config import ConvolutionalNetwork, Network

ImageShape = tuple[int, int, int]


def build_encoder(config: Network, image_shape: ImageShape) -> Sequential:
    """Images [batch, h, w, c] → features [batch, n]."""
    if isinstance(config, ConvolutionalNetwork):
        return Sequential(_convolutions(config), name="encoder")
    hidden = [layers.Dense(units, config.activation) for units in config.hidden]
    return Sequential([layers.Flatten(), *hidden], name="encoder")


def build_decoder(config: Network, image_shape: ImageShape, channels: int) -> Sequential:
    """Codes [batch, latent] → pixel parameters [batch, h, w, channels]."""
    height, width, _ = image_shape
    if isinstance(config, ConvolutionalNetwork):
        return Sequential(_transposed_convolutions(config, (height, width), channels), name="decoder")
    shape = (height, width, channels)
    hidden = [layers.Dense(units, config.activation) for units in reversed(config.hidden)]
    return Sequential([*hidden, layers.Dense(prod(shape), dtype="float32"), layers.Reshape(shape)], name="decoder")


def _convolutions(config: ConvolutionalNetwork) -> list[layers.Layer]:
    convolutions = [
        layers.Conv2D(filters, config.kernel_size, strides=2, padding="same", activation=config.activation)
        for filters in config.filters
    ]
    dense = layers.Dense(config.hidden, config.activation)
    return [*convolutions, layers.Flatten(), dense]


def _transposed_convolutions(config: ConvolutionalNetwork, size: tuple[int, int], channels: int) -> list[layers.Layer]:
    """Each layer doubles the size and cuts what the encoder's rounding up had added."""
    sizes = [size]
    for _ in config.filters:
        height, width = sizes[-1]
        sizes.append(((height + 1) // 2, (width + 1) // 2))
    smallest = (*sizes.pop(), config.filters[-1])
    stack: list[layers.Layer] = [
        layers.Dense(config.hidden, config.activation),
        layers.Dense(prod(smallest), config.activation),
        layers.Reshape(smallest),
    ]
    before = smallest[:2]
    for filters in (*reversed(config.filters[:-1]), channels):
        after = sizes.pop()
        last = not sizes
        stack.append(
            layers.Conv2DTranspose(
                filters,
                config.kernel_size,
                strides=2,
                padding="same",
                activation=None if last else config.activation,
                dtype="float32" if last else None,
            )
        )
        excess = tuple((0, 2 * b - a) for b, a in zip(before, after, strict=True))
        if any(cut for _, cut in excess):
            stack.append(layers.Cropping2D(excess))
        before = after
    return stack
