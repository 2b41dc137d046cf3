"""Configuration of the conditional VAE. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from vaeflow.models.posteriors.config import DiagonalPosterior, Posterior
from vaeflow.models.semi_supervised.config import ClassConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class CVAEConfig(ClassConfig):
    """The conditional VAE of images given their label, with a prior for each class. Sohn, Lee & Yan 2015."""

    name: Literal["cvae"] = "cvae"
    posterior: Posterior = DiagonalPosterior()

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.cvae.model import CVAE

        return CVAE
