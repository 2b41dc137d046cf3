"""From a classifier's configuration to its layer."""

from typing import assert_never

from vaeflow.models.classifiers.config import Classifier, LogisticClassifier, SupportVectorClassifier
from vaeflow.models.classifiers.layers import CodeClassifier, LogisticLayer, SupportVectorLayer


def build_classifier(config: Classifier, dim: int, num_classes: int) -> CodeClassifier:
    """The layer, not yet fitted, that classifies codes [dim] into `num_classes` classes."""
    match config:
        case LogisticClassifier():
            return LogisticLayer(config, dim, num_classes)
        case SupportVectorClassifier():
            return SupportVectorLayer(config, dim, num_classes)
        case _:
            assert_never(config)
