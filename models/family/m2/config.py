"""Configuration of M2. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.semi_supervised.config import SemiSupervisedConfig


class M2Config(SemiSupervisedConfig):
    """A VAE with the class among its codes, summed over where it is not known. Kingma et al. 2014."""

    name: Literal["m2"] = "m2"
