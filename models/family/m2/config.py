"""Configuration of M2. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.semi_supervised.config import SemiSupervisedConfig


class M2Config(SemiSupervisedConfig):
    """A VAE whose code includes the class, which is summed over where it is unknown. Kingma et al. 2014."""

    name: Literal["m2"] = "m2"
