"""Configuration of the fine-tuned encoder. Importable without TensorFlow."""

from typing import ClassVar, Literal

from pydantic import Field

from vaeflow.models.one_layer.config import OneLayerConfig
from vaeflow.models.quantities import Epochs


class FineTunedConfig(OneLayerConfig):
    """A VAE trained on all images, whose encoder is then fine-tuned as a classifier on the labelled ones."""

    needs_classes: ClassVar[bool] = True
    classifies: ClassVar[bool] = True
    only_these: ClassVar[str] = "its VAE is trained on the ELBO, and then its encoder on the classification loss"

    name: Literal["fine_tuned"] = "fine_tuned"
    pretrain_epochs: Epochs = Field(30, description="Number of epochs of the VAE, before those of the classifier.")
