"""Configuration of M1. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from vaeflow.models.classifiers.config import Classifier, LogisticClassifier
from vaeflow.models.family.vae.config import OneLayerConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class M1Config(OneLayerConfig):
    """A VAE of all images, then a classifier of the codes of those with a label. Kingma et al. 2014."""

    name: Literal["m1"] = "m1"
    classifier: Classifier = LogisticClassifier()

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.m1.model import M1

        return M1
