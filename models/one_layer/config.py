"""Configuration of models with one layer of codes. Importable without TensorFlow."""

from typing import Self

from pydantic import Field, model_validator

from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.posteriors.config import DiagonalPosterior, FlowPosterior, InverseAutoregressivePosterior, Posterior
from vaeflow.models.priors.config import Prior, StandardNormalPrior, VampPrior


class OneLayerConfig(GenerativeConfig):
    """Base configuration of the VAE and of the models that build on it."""

    posterior: Posterior = Field(DiagonalPosterior(), description="Family of the approximate posterior q(z | x).")
    prior: Prior = Field(StandardNormalPrior(), description="Distribution p(z) of the codes.")

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        if isinstance(self.prior, VampPrior) and isinstance(self.posterior, FlowPosterior):
            raise ValueError(
                "prior 'vamp' needs the density of each pseudo-input's posterior at every code: posterior must be "
                f"'diagonal' or 'full_covariance', got the flow '{self.posterior.name}'"
            )
        if isinstance(self.posterior, InverseAutoregressivePosterior) and self.latent_dim < 2:
            raise ValueError(
                "posterior 'iaf' makes each dimension depend on those before it: latent_dim must be at least 2, got 1"
            )
        return self

    @property
    def prior_title(self) -> str:
        return self.prior.title

    @property
    def standard_normal_prior(self) -> bool:
        return isinstance(self.prior, StandardNormalPrior)

    @property
    def prior_components(self) -> int | None:
        return None if isinstance(self.prior, StandardNormalPrior) else self.prior.components

    @property
    def factorised(self) -> bool:
        return self.posterior.name == "diagonal" and self.standard_normal_prior

    @property
    def optimisable_posterior(self) -> bool:
        return self.posterior.name == "diagonal"

    @property
    def explicit_posterior(self) -> bool:
        return not isinstance(self.posterior, FlowPosterior)
