"""Configuration of the VAE/GAN. Importable without TensorFlow."""

from typing import Literal

from pydantic import Field, PositiveInt

from vaeflow.models.perception.config import PerceptualConfig


class VAEGANConfig(PerceptualConfig):
    """A VAE whose decoder also plays a generator, against a discriminator that looks like the encoder.

    Larsen et al. 2016.
    """

    name: Literal["vae_gan"] = "vae_gan"
    feature_layer: PositiveInt = Field(
        2,
        description="Which hidden layer of the discriminator reconstructions are compared in, counted from its last; "
        "its first where it has fewer.",
    )
    gamma: float = Field(
        1e-2, gt=0, description="Weight of the reconstruction, in nats, against fooling the discriminator (decoder)."
    )
    label_smoothing: float = Field(
        0.1,
        ge=0,
        lt=0.5,
        description="The discriminator is asked to give real images 1 minus this. Salimans et al. 2016.",
    )
    equilibrium: float = Field(
        0.68, gt=0, description="Cross-entropy of the discriminator, in nats, where neither side wins: about log 2."
    )
    margin: float | None = Field(
        0.35,
        ge=0,
        description="The discriminator waits while it is better than the equilibrium by this, and the decoder while "
        "the discriminator is worse by this; null lets nobody wait.",
    )
