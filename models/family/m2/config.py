"""Configuration of M2. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from vaeflow.models.semi_supervised.config import SemiSupervisedConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class M2Config(SemiSupervisedConfig):
    """A VAE with the class among its codes, summed over where it is not known. Kingma et al. 2014."""

    name: Literal["m2"] = "m2"

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.m2.model import M2

        return M2
