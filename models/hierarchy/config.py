"""Configuration of hierarchies of codes. Importable without TensorFlow."""

from typing import ClassVar

from pydantic import Field, PositiveInt

from vaeflow.models.config import Config
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import Activation, DenseNormalisation


class StochasticLayer(Config):
    """A layer of codes, and the dense network between it and the layer below, on the way up and mirrored down."""

    latent_dim: PositiveInt
    hidden: tuple[PositiveInt, ...]


class HierarchyConfig(ModelConfig):
    """The base of models with several layers of codes; `latent_dim` and `network` are those of the lowest."""

    objectives: ClassVar[tuple[str, ...]] = ("elbo", "iwae")

    upper: tuple[StochasticLayer, ...] = Field(
        (StochasticLayer(latent_dim=8, hidden=(64, 64)),), min_length=1, description="The layers above, upwards."
    )
    activation: Activation = Field("leaky_relu", description="In the networks between the layers.")
    normalisation: DenseNormalisation = Field("batch", description="In the networks between the layers.")

    @property
    def latent_dims(self) -> tuple[int, ...]:
        """Dimensions of every layer, the lowest first."""
        return (self.latent_dim, *(layer.latent_dim for layer in self.upper))
