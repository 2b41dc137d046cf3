"""Configuration of the fine-tuned encoder. Importable without TensorFlow."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, PositiveInt

from vaeflow.models.family.vae.config import OneLayerConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class FineTunedConfig(OneLayerConfig):
    """A VAE trained on all images, whose encoder then learns classes from those with a label."""

    name: Literal["fine_tuned"] = "fine_tuned"
    pretrain_epochs: PositiveInt = Field(30, description="Epochs of the VAE, before those of the classifier.")

    @classmethod
    def model_class(cls) -> "type[LatentVariableModel]":
        """As the base's."""
        from vaeflow.models.family.fine_tuned.model import FineTuned

        return FineTuned
