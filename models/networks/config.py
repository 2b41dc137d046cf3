"""Which networks a model has. Importable without TensorFlow."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from vaeflow.models.config import Config, named

Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "tanh"]
DenseNormalisation = Literal["none", "batch", "layer"]
Normalisation = Literal["none", "batch", "layer", "group"]


class DenseNetwork(Config):
    """Fully connected layers; the decoder mirrors the encoder."""

    name: Literal["dense"] = "dense"
    hidden: tuple[PositiveInt, ...] = Field((200, 200), description="Units of each hidden layer of the encoder.")
    activation: Activation = "relu"
    normalisation: DenseNormalisation = Field("none", description="Of each hidden layer, before its activation.")


class ConvolutionalNetwork(Config):
    """Convolutions of stride 2, one per entry of `filters`, then one dense layer; the decoder mirrors the encoder."""

    name: Literal["convolutional"] = "convolutional"
    filters: tuple[PositiveInt, ...] = Field((32, 64), min_length=1, description="Filters of each stride-2 layer.")
    kernel_size: PositiveInt = Field(
        4, description="Side of each filter; an even one leaves no checkerboard where the decoder doubles the size."
    )
    hidden: PositiveInt = Field(256, description="Units of the dense layer between the convolutions and the code.")
    activation: Activation = "relu"
    normalisation: Normalisation = Field("none", description="Of each convolution, before its activation.")


class ResidualNetwork(Config):
    """Residual blocks in stages that halve the image's size; the decoder mirrors the encoder. He et al. 2016."""

    name: Literal["residual"] = "residual"
    filters: tuple[PositiveInt, ...] = Field((32, 64), min_length=1, description="Filters of each stage.")
    blocks: PositiveInt = Field(1, description="Residual blocks of each stage, of which one changes the size.")
    hidden: PositiveInt = Field(256, description="Units of the dense layer between the blocks and the code.")
    activation: Activation = "relu"
    normalisation: Normalisation = Field("batch", description="Before each activation.")


Network = Annotated[DenseNetwork | ConvolutionalNetwork | ResidualNetwork, Field(discriminator="name"), named("dense")]
