"""Configurations of the encoder and decoder networks. Importable without TensorFlow."""

from typing import Annotated, Literal

from pydantic import Field

from vaeflow.models.config import Config, named
from vaeflow.models.quantities import Layers, Units, Widths

Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "tanh"]
DenseNormalisation = Literal["none", "batch", "layer"]
Normalisation = Literal["none", "batch", "layer", "group"]


class DenseNetwork(Config):
    """Fully connected layers; the decoder mirrors the encoder."""

    name: Literal["dense"] = "dense"
    hidden: Widths = Field((200, 200), description="Number of units in each hidden layer of the encoder.")
    activation: Activation = Field("relu", description="Activation of each hidden layer.")
    normalisation: DenseNormalisation = Field(
        "none", description="Normalisation of each hidden layer, before its activation."
    )


class ConvolutionalNetwork(Config):
    """Convolutions of stride 2, one per entry of `filters`, then one dense layer; the decoder mirrors the encoder."""

    name: Literal["convolutional"] = "convolutional"
    filters: Widths = Field((32, 64), min_length=1, description="Number of filters in each stride-2 layer.")
    kernel_size: int = Field(
        4,
        ge=1,
        le=255,
        description="Side of each filter; an even one avoids checkerboard artefacts where the decoder upsamples.",
    )
    hidden: Units = Field(256, description="Number of units in the dense layer between convolutions and code.")
    activation: Activation = Field("relu", description="Activation of each hidden layer.")
    normalisation: Normalisation = Field(
        "none", description="Normalisation of each convolution, before its activation."
    )


class ResidualNetwork(Config):
    """Stages of residual blocks, each halving the image size; the decoder mirrors the encoder. He et al. 2016."""

    name: Literal["residual"] = "residual"
    filters: Widths = Field((32, 64), min_length=1, description="Number of filters in each stage.")
    blocks: Layers = Field(1, description="Number of residual blocks per stage, one of which changes the size.")
    hidden: Units = Field(256, description="Number of units in the dense layer between blocks and code.")
    activation: Activation = Field("relu", description="Activation of each hidden layer.")
    normalisation: Normalisation = Field("batch", description="Normalisation before each activation.")


Network = Annotated[DenseNetwork | ConvolutionalNetwork | ResidualNetwork, Field(discriminator="name"), named("dense")]
