"""Configurations of the classifiers of codes. Importable without TensorFlow."""

from typing import Annotated, Literal

from pydantic import Field

from vaeflow.models.config import Config, named
from vaeflow.models.quantities import PositiveWeight, Units


class LogisticClassifier(Config):
    """Multinomial logistic regression with an L2 penalty, fitted by scikit-learn."""

    name: Literal["logistic"] = "logistic"
    c: PositiveWeight = Field(1.0, description="Inverse of the regularisation strength.")


class SupportVectorClassifier(Config):
    """Support vector machines with the kernel exp(-γ |a - b|²), one per pair of classes, fitted by scikit-learn."""

    name: Literal["svm"] = "svm"
    c: PositiveWeight = Field(1.0, description="Weight of labelled images on the wrong side of the margin.")
    gamma: PositiveWeight | Literal["scale"] = Field(
        "scale", description="γ of the kernel; 'scale' is 1 / (number of dimensions · variance of the labelled codes)."
    )
    max_images: Units = Field(
        1000, description="Maximum number of labelled images; the model reserves space for as many support vectors."
    )


Classifier = Annotated[LogisticClassifier | SupportVectorClassifier, Field(discriminator="name"), named("logistic")]
