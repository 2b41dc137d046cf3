"""Configuration of the VAE. Importable without TensorFlow."""

from typing import ClassVar, Literal

from vaeflow.models.one_layer.config import OneLayerConfig


class VAEConfig(OneLayerConfig):
    """The variational autoencoder, with any posterior, prior, likelihood and network. Kingma & Welling 2014."""

    objectives: ClassVar[tuple[str, ...]] = ("elbo", "iwae", "beta_tc", "factor_vae")

    name: Literal["vae"] = "vae"
