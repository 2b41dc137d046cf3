"""Configuration of the DFC-VAE. Importable without TensorFlow."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from vaeflow.models.notation import Notation
from vaeflow.models.perception.config import PerceptualConfig
from vaeflow.models.perception.weights import keras_cache
from vaeflow.models.quantities import Epochs, PositiveWeight

VGG19Layer = Annotated[
    str,
    Notation("block([12]_conv[12]|[345]_conv[1-4])", "a convolution of VGG19 such as block3_conv1, up to block5_conv4"),
]


def default_features(weights: Path | None) -> Literal["vgg19", "classifier"]:
    """VGG19 if a file with its weights is given or cached, else a classifier."""
    return "vgg19" if weights or keras_cache().is_file() else "classifier"


class DFCVAEConfig(PerceptualConfig):
    """A VAE that compares reconstructions by the features of another network. Hou et al. 2017."""

    name: Literal["dfc_vae"] = "dfc_vae"
    vgg19_weights: Path | None = Field(
        None, description="File with VGG19's weights, without its dense layers; by default the one in Keras' cache."
    )
    features: Literal["vgg19", "classifier"] = Field(
        default_factory=lambda fields: default_features(fields.get("vgg19_weights")),
        description="Network whose features are compared: VGG19, pretrained on ImageNet, or a small VGG with the "
        "encoder's filters, which first learns to classify the same images. By default VGG19 if its weights are "
        "available.",
    )
    vgg19_layers: tuple[VGG19Layer, ...] = Field(
        ("block1_conv1", "block2_conv1", "block3_conv1"),
        min_length=1,
        max_length=16,
        description="Layers of VGG19 whose features are compared.",
    )
    classifier_epochs: Epochs = Field(
        5, description="Number of epochs in which the classifier is trained, before all others."
    )
    feature_weight: PositiveWeight = Field(
        1000.0,
        description="w; losing all the variance of a layer's features costs w / 2 nats.",
    )

    @model_validator(mode="after")
    def _weights_are_used(self) -> Self:
        if self.features == "classifier" and self.vgg19_weights is not None:
            raise ValueError("vgg19_weights is given, but features is 'classifier': leave out one of the two")
        return self

    @property
    def convolves(self) -> bool:
        """Whether the model contains convolutions; VGG19 does."""
        return self.features == "vgg19" or super().convolves
