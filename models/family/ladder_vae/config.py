"""Configuration of the Ladder VAE. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.hierarchy.config import HierarchyConfig


class LadderVAEConfig(HierarchyConfig):
    """The Ladder VAE, whose inference corrects the generative distributions from the top down. Sønderby et al. 2016."""

    name: Literal["ladder_vae"] = "ladder_vae"
