"""Configuration of variational deep embedding. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import DenseNetwork, Network

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class VaDEConfig(ModelConfig):
    """Variational deep embedding: a VAE whose prior has a component for each cluster. Jiang et al. 2017."""

    name: Literal["vade"] = "vade"
    latent_dim: PositiveInt = Field(10, description="Dimensions of the latent space.")
    network: Network = DenseNetwork(hidden=(500, 500, 2000))
    clusters: int = Field(10, ge=2, description="Components of the prior, so clusters to find.")
    pretrain_epochs: NonNegativeInt = Field(
        20, description="Epochs as an autoencoder, before a mixture is fitted to its codes and becomes the prior."
    )

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.vade.model import VaDE

        return VaDE
