"""The networks between images, features and pixels. Their shapes follow from the image's, odd ones too."""

from keras import Sequential

from vaeflow.models.networks.config import ConvolutionalNetwork, Network, ResidualNetwork
from vaeflow.models.networks.convolutional import convolutional_decoder, convolutional_encoder
from vaeflow.models.networks.dense import dense_decoder, dense_encoder
from vaeflow.models.networks.residual import residual_decoder, residual_encoder
from vaeflow.models.networks.shapes import ImageShape


def build_encoder(config: Network, image_shape: ImageShape) -> Sequential:
    """Images [batch, h, w, c] → features [batch, n]."""
    if isinstance(config, ConvolutionalNetwork):
        return convolutional_encoder(config)
    return residual_encoder(config) if isinstance(config, ResidualNetwork) else dense_encoder(config)


def build_decoder(config: Network, image_shape: ImageShape, channels: int) -> Sequential:
    """Codes [batch, latent] → pixel parameters [batch, h, w, channels]."""
    shape = (*image_shape[:2], channels)
    if isinstance(config, ConvolutionalNetwork):
        return convolutional_decoder(config, shape)
    return residual_decoder(config, shape) if isinstance(config, ResidualNetwork) else dense_decoder(config, shape)
