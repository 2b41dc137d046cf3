"""What all models of the family are built from. Importable without TensorFlow."""

from typing import ClassVar

from pydantic import Field, PositiveInt

from vaeflow.models.config import Config
from vaeflow.models.likelihoods.config import BernoulliLikelihood, Likelihood
from vaeflow.models.networks.config import DenseNetwork, Network


class ModelConfig(Config):
    """The base of every model's configuration."""

    objectives: ClassVar[tuple[str, ...]] = ("elbo",)
    """Names of the objectives that it can be trained for."""
    has_kl: ClassVar[bool] = True
    """Whether its codes cost anything, for an objective to weigh."""

    name: str
    latent_dim: PositiveInt = Field(16, description="Dimensions of the latent space.")
    network: Network = DenseNetwork()
    likelihood: Likelihood = BernoulliLikelihood()

    @property
    def convolves(self) -> bool:
        """Whether the model contains convolutions, which XLA is slow to compute on a CPU."""
        return self.network.name != "dense"

    @property
    def factorised(self) -> bool:
        """Whether the dimensions of the code are independent, in the posterior and in the prior."""
        return False

    @property
    def explicit_posterior(self) -> bool:
        """Whether log q(z | x) can be told at any code z, and not only at one that q has drawn."""
        return False
