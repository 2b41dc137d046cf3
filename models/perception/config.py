"""What models that compare features in place of pixels have in common. Importable without TensorFlow."""

from typing import Self

from pydantic import model_validator

from vaeflow.models.likelihoods.config import GaussianLikelihood
from vaeflow.models.one_layer.config import OneLayerConfig


class PerceptualConfig(OneLayerConfig):
    """A VAE that is trained for the features of its mean image, whatever the likelihood of its pixels.

    The likelihood says how the decoder's output becomes an image, and gives evaluation its bound; since training
    never asks for it, it can have nothing to learn.
    """

    @model_validator(mode="after")
    def _likelihood_has_nothing_to_learn(self) -> Self:
        if isinstance(self.likelihood, GaussianLikelihood) and self.likelihood.variance != "fixed":
            raise ValueError(
                f"{self.name} trains no likelihood of pixels: a gaussian likelihood needs variance 'fixed', "
                f"got '{self.likelihood.variance}'"
            )
        return self

    @model_validator(mode="after")
    def _network_has_features(self) -> Self:
        if self.network.name == "dense" and not self.network.hidden:
            raise ValueError(f"{self.name} compares images by hidden layers: network.hidden needs at least one")
        return self
