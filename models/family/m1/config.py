"""Configuration of M1. Importable without TensorFlow."""

from typing import ClassVar, Literal

from pydantic import Field

from vaeflow.models.classifiers.config import Classifier, LogisticClassifier
from vaeflow.models.one_layer.config import OneLayerConfig


class M1Config(OneLayerConfig):
    """A VAE trained on all images, then a classifier fitted to the codes of the labelled ones. Kingma et al. 2014."""

    needs_classes: ClassVar[bool] = True
    classifies: ClassVar[bool] = True
    only_these: ClassVar[str] = "its VAE is trained as in the paper, on the ELBO"

    name: Literal["m1"] = "m1"
    classifier: Classifier = Field(
        LogisticClassifier(), description="Classifier that is fitted to the codes of labelled images."
    )
