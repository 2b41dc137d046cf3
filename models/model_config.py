"""What a model is built from: its name, its networks, its likelihood. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PositiveInt

from vaeflow.models.config import Config

Activation = Literal["relu", "elu", "gelu", "silu", "softplus", "tanh"]


class DenseNetwork(Config):
    """Fully connected layers; the decoder mirrors the encoder."""

    name: Literal["dense"] = "dense"
    hidden: tuple[PositiveInt, ...] = Field((200, 200), description="Units of each hidden layer of the encoder.")
    activation: Activation = "relu"


class ConvolutionalNetwork(Config):
    """Convolutions of stride 2, one per entry of `filters`, then one dense layer; the decoder mirrors the encoder."""

    name: Literal["convolutional"] = "convolutional"
    filters: tuple[PositiveInt, ...] = Field((32, 64), min_length=1, description="Filters of each stride-2 layer.")
    kernel_size: PositiveInt = Field(
        4, description="Side of each filter; an even one leaves no checkerboard where the decoder doubles the size."
    )
    hidden: PositiveInt = Field(256, description="Units of the dense layer between the convolutions and the code.")
    activation: Activation = "relu"


class BernoulliLikelihood(Config):
    """Each pixel is black or white. Meant for binary images: see `preprocess.binarise`."""

    name: Literal["bernoulli"] = "bernoulli"


class ContinuousBernoulliLikelihood(Config):
    """Each pixel is a grey value in [0, 1]. Loaiza-Ganem & Cunningham 2019."""

    name: Literal["continuous_bernoulli"] = "continuous_bernoulli"


class GaussianLikelihood(Config):
    """Each pixel is a real number with Gaussian noise, in units where the image spans [0, 1]."""

    name: Literal["gaussian"] = "gaussian"
    variance: Literal["fixed", "learned", "per_pixel"] = Field(
        "learned",
        description="fixed: `stddev` squared; learned: one scalar; per_pixel: the decoder gives one for every pixel.",
    )
    stddev: float = Field(0.1, gt=0, description="Standard deviation when fixed, and where a learned one starts.")


def _named(default: str) -> BeforeValidator:
    """A part written without its name is the default one, as it is when it is not written at all."""
    return BeforeValidator(lambda part: {"name": default, **part} if isinstance(part, Mapping) else part)


Network = Annotated[DenseNetwork | ConvolutionalNetwork, Field(discriminator="name"), _named("dense")]
Likelihood = Annotated[
    BernoulliLikelihood | ContinuousBernoulliLikelihood | GaussianLikelihood,
    Field(discriminator="name"),
    _named("bernoulli"),
]


class ModelConfig(Config):
    """Which model, and its parts."""

    name: Literal["vae"] = "vae"
    latent_dim: PositiveInt = Field(16, description="Dimensions of the latent space.")
    network: Network = DenseNetwork()
    likelihood: Likelihood = BernoulliLikelihood()
