"""Configuration of the Gumbel-softmax VAE. Importable without TensorFlow."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from vaeflow.models.config import Config
from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.quantities import Units


class Temperature(Config):
    """τ of the relaxation at optimizer step t: max(end, start · exp(-rate · t)). Jang et al. 2017, §4."""

    start: float = Field(1.0, gt=0, le=1_000, description="τ at the first step.")
    end: float = Field(0.5, gt=0, le=1_000, description="Lowest τ.")
    rate: float = Field(3e-5, ge=0, le=1, description="Decay rate per optimizer step.")

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.end > self.start:
            raise ValueError(f"end must be at most start, {self.start:g}, got {self.end:g}")
        return self


class GumbelVAEConfig(GenerativeConfig):
    """A VAE with categorical codes; `latent_dim` is the number of variables. Jang et al. 2017; Maddison et al. 2017."""

    only_these: ClassVar[str] = (
        "it is trained with relaxed codes, whose densities are not those of the discrete codes in its bound"
    )
    continuous: ClassVar[bool] = False
    alters_bound: ClassVar[tuple[str, ...]] = ("temperature", "straight_through")

    name: Literal["gumbel_vae"] = "gumbel_vae"
    categories: Units = Field(10, ge=2, description="Number of categories of each latent variable.")
    temperature: Temperature = Field(Temperature(), description="Temperature of the relaxation in training.")
    straight_through: bool = Field(
        False, description="Whether training decodes one-hot codes, with the gradient of the relaxed ones."
    )
