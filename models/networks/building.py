"""From a network's configuration to an encoder or decoder, for images of any size, including odd ones."""

from typing import assert_never

from keras import Sequential, layers

from vaeflow.models.networks.centring import Centring
from vaeflow.models.networks.config import ConvolutionalNetwork, DenseNetwork, Network, ResidualNetwork
from vaeflow.models.networks.convolutional import convolutional_decoder, convolutional_encoder
from vaeflow.models.networks.dense import dense_decoder, dense_encoder
from vaeflow.models.networks.residual import residual_decoder, residual_encoder
from vaeflow.models.networks.shapes import ImageShape


def build_encoder(config: Network, image_shape: ImageShape) -> Sequential:
    """Images [batch, h, w, c], from which the mean image is subtracted, → features [batch, n]."""
    return Sequential([Centring(image_shape), *_encoder_layers(config)], name="encoder")


def _encoder_layers(config: Network) -> list[layers.Layer]:
    match config:
        case DenseNetwork():
            return dense_encoder(config)
        case ConvolutionalNetwork():
            return convolutional_encoder(config)
        case ResidualNetwork():
            return residual_encoder(config)
        case _:
            assert_never(config)


def build_decoder(config: Network, image_shape: ImageShape, channels: int) -> Sequential:
    """Codes [batch, latent] → pixel parameters [batch, h, w, channels]."""
    shape = (*image_shape[:2], channels)
    match config:
        case DenseNetwork():
            return dense_decoder(config, shape)
        case ConvolutionalNetwork():
            return convolutional_decoder(config, shape)
        case ResidualNetwork():
            return residual_decoder(config, shape)
        case _:
            assert_never(config)
