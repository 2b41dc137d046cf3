"""Configuration of the conditional VAE. Importable without TensorFlow."""

from typing import ClassVar, Literal

from pydantic import Field

from vaeflow.models.posteriors.config import DiagonalPosterior, Posterior
from vaeflow.models.semi_supervised.config import ClassConfig


class CVAEConfig(ClassConfig):
    """The conditional VAE of images given their class, with a prior for each class. Sohn, Lee & Yan 2015."""

    conditional: ClassVar[bool] = True
    labelled_only: ClassVar[bool] = True
    only_these: ClassVar[str] = (
        "it is trained on a bound given the class, in which images without a label have no weight"
    )

    name: Literal["cvae"] = "cvae"
    posterior: Posterior = Field(DiagonalPosterior(), description="Family of the approximate posterior q(z | x, y).")
