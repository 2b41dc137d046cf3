"""Configuration of M1+M2. Importable without TensorFlow."""

from typing import Literal

from pydantic import Field

from vaeflow.models.quantities import Epochs, LearningRate, Units
from vaeflow.models.semi_supervised.config import SemiSupervisedConfig


class M1M2Config(SemiSupervisedConfig):
    """M2 on the codes of a VAE, M1, that is trained first. Kingma et al. 2014."""

    name: Literal["m1_m2"] = "m1_m2"
    m1_latent_dim: Units = Field(50, description="Number of dimensions of M1's code.")
    m1_epochs: Epochs = Field(50, description="Number of epochs in which M1 is trained, before `epochs` of M2.")
    m1_learning_rate: LearningRate | None = Field(
        None, description="Learning rate with which M1 is trained; by default `learning_rate`, as M2."
    )
    active_units_only: bool = Field(
        False,
        description="Whether M2 leaves out the dimensions of M1's code that say nothing about the image: those whose "
        "posterior mean has a variance of at most 0.01 over training images. There, it takes codes to be N(0, 1).",
    )
