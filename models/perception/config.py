"""Configuration of models that compare features instead of pixels. Importable without TensorFlow."""

from typing import ClassVar, Self

from pydantic import model_validator

from vaeflow.models.likelihoods.config import GaussianLikelihood
from vaeflow.models.one_layer.config import OneLayerConfig


class PerceptualConfig(OneLayerConfig):
    """A VAE that is trained on the features of its mean image, whatever the pixel likelihood.

    The likelihood determines how the decoder's output becomes an image, and the bound in evaluation. Training does
    not use it, so it must not have parameters of its own.
    """

    fits_pixels: ClassVar[bool] = False
    only_these: ClassVar[str] = (
        "it compares features instead of the likelihood of pixels, which other objectives weight"
    )

    @model_validator(mode="after")
    def _likelihood_has_nothing_to_learn(self) -> Self:
        if isinstance(self.likelihood, GaussianLikelihood) and self.likelihood.variance != "fixed":
            raise ValueError(
                f"likelihood.variance must be 'fixed' for {self.name}, which does not train the pixel likelihood, "
                f"got '{self.likelihood.variance}'"
            )
        return self

    @model_validator(mode="after")
    def _network_has_features(self) -> Self:
        if self.network.name == "dense" and not self.network.hidden:
            raise ValueError(
                f"network.hidden must have at least one layer for {self.name}, which compares hidden features, got none"
            )
        return self
