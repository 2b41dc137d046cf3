"""Configuration of the fine-tuned encoder. Importable without TensorFlow."""

from typing import Literal

from pydantic import Field, PositiveInt

from vaeflow.models.one_layer.config import OneLayerConfig


class FineTunedConfig(OneLayerConfig):
    """A VAE trained on all images, whose encoder then learns classes from those with a label."""

    name: Literal["fine_tuned"] = "fine_tuned"
    pretrain_epochs: PositiveInt = Field(30, description="Epochs of the VAE, before those of the classifier.")
