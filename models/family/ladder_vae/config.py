"""Configuration of the Ladder VAE. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from vaeflow.models.family.hierarchical_vae.config import HierarchyConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class LadderVAEConfig(HierarchyConfig):
    """The Ladder VAE, whose inference corrects what generation expects, from the top down. Sønderby et al. 2016."""

    name: Literal["ladder_vae"] = "ladder_vae"

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.ladder_vae.model import LadderVAE

        return LadderVAE
