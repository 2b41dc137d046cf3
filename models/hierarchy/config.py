"""Configuration of models with several layers of codes. Importable without TensorFlow."""

from typing import ClassVar

from pydantic import Field

from vaeflow.models.config import Config
from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.networks.config import Activation, DenseNormalisation
from vaeflow.models.quantities import Units, Widths


class StochasticLayer(Config):
    """A layer of codes, and the dense network from the layer below; the network back down mirrors it."""

    latent_dim: Units = Field(description="Number of latent dimensions of the layer.")
    hidden: Widths = Field(description="Number of units in each hidden layer of the network from the layer below.")


class HierarchyConfig(GenerativeConfig):
    """Base of models with several layers of codes; `latent_dim` and `network` are those of the lowest layer."""

    objectives: ClassVar[tuple[str, ...]] = ("elbo", "iwae")
    only_these: ClassVar[str] = (
        "total correlation is that of a single layer of codes with independent dimensions, and it has several layers"
    )

    upper: tuple[StochasticLayer, ...] = Field(
        (StochasticLayer(latent_dim=8, hidden=(64, 64)),),
        min_length=1,
        max_length=100,
        description="Layers above the lowest, from the bottom up.",
    )
    activation: Activation = Field("leaky_relu", description="Activation of the networks between the layers.")
    normalisation: DenseNormalisation = Field("batch", description="Normalisation in the networks between the layers.")

    @property
    def latent_dims(self) -> tuple[int, ...]:
        """Number of dimensions of each layer, lowest first."""
        return (self.latent_dim, *(layer.latent_dim for layer in self.upper))
