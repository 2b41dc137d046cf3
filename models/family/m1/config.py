"""Configuration of M1. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.classifiers.config import Classifier, LogisticClassifier
from vaeflow.models.one_layer.config import OneLayerConfig


class M1Config(OneLayerConfig):
    """A VAE of all images, then a classifier of the codes of those with a label. Kingma et al. 2014."""

    name: Literal["m1"] = "m1"
    classifier: Classifier = LogisticClassifier()
