"""Configuration of variational deep embedding. Importable without TensorFlow."""

from typing import ClassVar, Literal

from pydantic import Field

from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.networks.config import DenseNetwork, Network
from vaeflow.models.quantities import OptionalEpochs, Units


class VaDEConfig(GenerativeConfig):
    """Variational deep embedding: a VAE whose prior has one component per cluster. Jiang et al. 2017."""

    has_clusters: ClassVar[bool] = True
    only_these: ClassVar[str] = "it is trained on the bound for code and cluster together"

    name: Literal["vade"] = "vade"
    latent_dim: Units = Field(10, description="Number of latent dimensions.")
    network: Network = Field(DenseNetwork(hidden=(500, 500, 2000)), description="Encoder; the decoder mirrors it.")
    clusters: Units = Field(10, ge=2, description="Number of clusters, each a component of the prior.")
    pretrain_epochs: OptionalEpochs = Field(
        20, description="Number of epochs as an autoencoder, before a mixture fitted to its codes becomes the prior."
    )

    @property
    def prior_components(self) -> int | None:
        return self.clusters
