"""Configuration of the auxiliary deep generative model. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from vaeflow.models.semi_supervised.config import AuxiliaryConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class ADGMConfig(AuxiliaryConfig):
    """M2 with an auxiliary variable that makes q(z, y | x) richer and p(x) no different. Maaløe et al. 2016."""

    name: Literal["adgm"] = "adgm"

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.adgm.model import ADGM

        return ADGM
