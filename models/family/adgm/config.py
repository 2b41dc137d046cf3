"""Configuration of the auxiliary deep generative model. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.semi_supervised.config import AuxiliaryConfig


class ADGMConfig(AuxiliaryConfig):
    """M2 with an auxiliary variable that makes q(z, y | x) richer and leaves p(x) unchanged. Maaløe et al. 2016."""

    name: Literal["adgm"] = "adgm"
