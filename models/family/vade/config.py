"""Configuration of variational deep embedding. Importable without TensorFlow."""

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import DenseNetwork, Network


class VaDEConfig(ModelConfig):
    """Variational deep embedding: a VAE whose prior has a component for each cluster. Jiang et al. 2017."""

    name: Literal["vade"] = "vade"
    latent_dim: PositiveInt = Field(10, description="Dimensions of the latent space.")
    network: Network = DenseNetwork(hidden=(500, 500, 2000))
    clusters: int = Field(10, ge=2, description="Components of the prior, so clusters to find.")
    pretrain_epochs: NonNegativeInt = Field(
        20, description="Epochs as an autoencoder, before a mixture is fitted to its codes and becomes the prior."
    )
