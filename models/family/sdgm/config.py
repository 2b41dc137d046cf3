"""Configuration of the skip deep generative model. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.semi_supervised.config import AuxiliaryConfig


class SDGMConfig(AuxiliaryConfig):
    """M1+M2 as one model, with skip connections past each layer. Maaløe et al. 2016."""

    name: Literal["sdgm"] = "sdgm"
