"""Configuration of the DFC-VAE. Importable without TensorFlow."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, StringConstraints, model_validator

from vaeflow.models.perception.config import PerceptualConfig

KERAS_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"

VGG19Layer = Annotated[str, StringConstraints(pattern=r"^block([12]_conv[12]|[345]_conv[1-4])$")]


def keras_cache() -> Path:
    """Where `keras.applications` keeps the weights of VGG19 without its classifier, once it has fetched them."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / KERAS_FILE


def at_hand(weights: Path | None) -> Literal["vgg19", "classifier"]:
    """Whose features there are without any training: VGG19's, where a file of its weights is given or cached."""
    return "vgg19" if weights or keras_cache().is_file() else "classifier"


class DFCVAEConfig(PerceptualConfig):
    """A VAE whose reconstructions are compared by the features of another network. Hou et al. 2017."""

    name: Literal["dfc_vae"] = "dfc_vae"
    vgg19_weights: Path | None = Field(
        None, description="File with VGG19's weights, without its dense layers; by default that in Keras' cache."
    )
    features: Literal["vgg19", "classifier"] = Field(
        default_factory=lambda fields: at_hand(fields.get("vgg19_weights")),
        description="Whose features: those of VGG19, pretrained on ImageNet, or of a classifier like the encoder that "
        "is trained on the same images first. When not given: VGG19 if its weights are at hand.",
    )
    vgg19_layers: tuple[VGG19Layer, ...] = Field(
        ("block1_conv1", "block2_conv1", "block3_conv1"), min_length=1, description="Layers of VGG19 to compare."
    )
    classifier_epochs: PositiveInt = Field(5, description="Epochs in which the classifier learns, before all others.")
    feature_weight: float = Field(
        1000.0,
        gt=0,
        description="w: half of it is what it costs, in nats, to lose all the variance of a layer's features.",
    )

    @model_validator(mode="after")
    def _weights_are_used(self) -> Self:
        if self.features == "classifier" and self.vgg19_weights is not None:
            raise ValueError("vgg19_weights is given, but features is 'classifier': leave out one of the two")
        return self

    @property
    def convolves(self) -> bool:
        """As the base's; VGG19 does."""
        return self.features == "vgg19" or super().convolves
