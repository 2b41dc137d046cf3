"""Configuration of M1+M2. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, PositiveInt

from vaeflow.models.semi_supervised.config import SemiSupervisedConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class M1M2Config(SemiSupervisedConfig):
    """M2 on the codes of a VAE that is trained before it, M1. Kingma et al. 2014."""

    name: Literal["m1_m2"] = "m1_m2"
    m1_latent_dim: PositiveInt = Field(50, description="Dimensions of M1's code.")
    m1_epochs: PositiveInt = Field(50, description="Epochs in which M1 is trained, before `epochs` of M2.")

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.m1_m2.model import M1M2

        return M1M2
