"""Configuration of the VAE/GAN. Importable without TensorFlow."""

from typing import Literal

from pydantic import Field

from vaeflow.models.perception.config import PerceptualConfig
from vaeflow.models.quantities import Layers, PositiveWeight


class VAEGANConfig(PerceptualConfig):
    """A VAE whose decoder is also the generator of a GAN, whose discriminator is built like the encoder.

    Larsen et al. 2016.
    """

    name: Literal["vae_gan"] = "vae_gan"
    feature_layer: Layers = Field(
        2,
        description="Hidden layer of the discriminator in which reconstructions are compared, counted from the last; "
        "the first if there are fewer.",
    )
    gamma: PositiveWeight = Field(
        1e-2,
        description="Weight of the reconstruction, in nats, against fooling the discriminator, in the decoder's loss.",
    )
    label_smoothing: float = Field(
        0.1,
        ge=0,
        lt=0.5,
        description="Smoothing: the discriminator's target for real images is 1 minus this. Salimans et al. 2016.",
    )
    equilibrium: float = Field(
        0.68,
        gt=0,
        le=100,
        description="Cross-entropy of the discriminator, in nats, at which neither side wins: about log 2.",
    )
    margin: float | None = Field(
        0.35,
        ge=0,
        le=100,
        description="Distance from the equilibrium, in nats, beyond which one side is held: the discriminator if its "
        "cross-entropy is lower, the decoder if it is higher. null never holds either.",
    )
