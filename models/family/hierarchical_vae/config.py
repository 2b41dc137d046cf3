"""Configuration of the hierarchical VAE. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.hierarchy.config import HierarchyConfig


class HierarchicalVAEConfig(HierarchyConfig):
    """The hierarchical VAE, with inference from the image upwards. Rezende et al. 2014; Burda et al. 2016, §2."""

    name: Literal["hierarchical_vae"] = "hierarchical_vae"
