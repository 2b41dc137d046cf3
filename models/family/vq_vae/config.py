"""Configuration of the VQ-VAE. Importable without TensorFlow."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.quantities import Layers, OptionalEpochs, Units, Weight


class VQVAEConfig(GenerativeConfig):
    """Codes of discrete symbols, with an autoregressive prior over the symbols. Van den Oord et al. 2017."""

    quantises: ClassVar[bool] = True
    continuous: ClassVar[bool] = False
    alters_objective: ClassVar[tuple[str, ...]] = ("commitment",)
    only_these: ClassVar[str] = "its encoder chooses one code, and the codebook is trained by penalties of its own"

    name: Literal["vq_vae"] = "vq_vae"
    latent_dim: Units = Field(64, description="Number of code dimensions: the concatenated vectors of all positions.")
    positions: Units = Field(16, description="Number of vectors in the code; a divisor of latent_dim.")
    codebook_size: Units = Field(64, ge=2, description="Number of vectors in the codebook, which all positions share.")
    commitment: Weight = Field(0.25, description="β, the weight of the encoder's distance to the chosen vectors.")
    continuous_epochs: OptionalEpochs = Field(
        5, description="Number of first epochs without quantisation; k-means of their codes initialises the codebook."
    )
    prior_width: Units = Field(64, description="Number of units of the prior's network.")
    prior_layers: Layers = Field(
        2, description="Number of layers of the prior's network, each of attention and two dense layers."
    )

    @model_validator(mode="after")
    def _vectors_of_one_length(self) -> Self:
        if self.latent_dim % self.positions:
            raise ValueError(f"latent_dim must be a multiple of positions, {self.positions}, got {self.latent_dim}")
        return self
