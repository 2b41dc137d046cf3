"""Which classifier is fitted to codes. Importable without TensorFlow."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from vaeflow.models.config import Config, named


class LogisticClassifier(Config):
    """Multinomial logistic regression with an L2 penalty, by scikit-learn."""

    name: Literal["logistic"] = "logistic"
    c: PositiveFloat = Field(1.0, description="Inverse of the penalty's strength.")


class SupportVectorClassifier(Config):
    """A support vector machine with the kernel exp(-γ |a - b|²), one for each pair of classes, by scikit-learn."""

    name: Literal["svm"] = "svm"
    c: PositiveFloat = Field(1.0, description="Cost of a labelled image on the wrong side.")
    gamma: PositiveFloat | Literal["scale"] = Field(
        "scale", description="The kernel's γ; 'scale' is 1 / (dimensions · variance of the labelled codes)."
    )
    max_images: PositiveInt = Field(
        1000, description="Room for support vectors in the model: at most so many images may be labelled."
    )


Classifier = Annotated[LogisticClassifier | SupportVectorClassifier, Field(discriminator="name"), named("logistic")]
