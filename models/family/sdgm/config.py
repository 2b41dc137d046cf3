"""Configuration of the skip deep generative model. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from vaeflow.models.semi_supervised.config import AuxiliaryConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class SDGMConfig(AuxiliaryConfig):
    """M1+M2 as one model, with connections past each layer. Maaløe et al. 2016."""

    name: Literal["sdgm"] = "sdgm"

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.sdgm.model import SDGM

        return SDGM
