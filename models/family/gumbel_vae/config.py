"""Configuration of the Gumbel-softmax VAE. Importable without TensorFlow."""

from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from vaeflow.models.config import Config
from vaeflow.models.model_config import ModelConfig


class Temperature(Config):
    """τ of the relaxation at optimizer step t: max(end, start · exp(-rate · t)). Jang et al. 2017, §4."""

    start: float = Field(1.0, gt=0)
    end: float = Field(0.5, gt=0)
    rate: float = Field(3e-5, ge=0, description="Of the decay, per optimizer step.")

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.end > self.start:
            raise ValueError(f"end must not be above start, which is {self.start:g}; got {self.end:g}")
        return self


class GumbelVAEConfig(ModelConfig):
    """Codes of categorical variables; `latent_dim` is their number. Jang et al. 2017; Maddison et al. 2017."""

    name: Literal["gumbel_vae"] = "gumbel_vae"
    categories: PositiveInt = Field(10, ge=2, description="Values that each latent variable can take.")
    temperature: Temperature = Temperature()
    straight_through: bool = Field(False, description="Decode one category in training, with the soft one's gradient.")
