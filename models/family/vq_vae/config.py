"""Configuration of the VQ-VAE. Importable without TensorFlow."""

from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from vaeflow.models.model_config import ModelConfig


class VQVAEConfig(ModelConfig):
    """Codes of discrete symbols, with an autoregressive prior over them. Van den Oord et al. 2017."""

    name: Literal["vq_vae"] = "vq_vae"
    latent_dim: PositiveInt = Field(64, description="Dimensions of the code: the vectors of all positions in a row.")
    positions: PositiveInt = Field(16, description="Vectors that the code consists of; a divisor of latent_dim.")
    codebook_size: int = Field(64, ge=2, description="Vectors in the codebook, one for all positions.")
    commitment: float = Field(0.25, ge=0, description="β: weight of the encoder's distance to the chosen vectors.")
    continuous_epochs: NonNegativeInt = Field(
        5, description="Epochs without quantisation at the start; the codebook then begins as k-means of their codes."
    )
    prior_width: PositiveInt = Field(64, description="Units of the prior's network.")
    prior_layers: PositiveInt = Field(
        2, description="Layers of the prior's network: attention and two dense ones each."
    )

    @model_validator(mode="after")
    def _vectors_of_one_length(self) -> Self:
        if self.latent_dim % self.positions:
            raise ValueError(f"latent_dim must be a multiple of positions, {self.positions}, got {self.latent_dim}")
        return self
