"""Configuration of the supervised classifier. Importable without TensorFlow."""

from typing import ClassVar, Literal

from vaeflow.models.model_config import ModelConfig


class ClassifierConfig(ModelConfig):
    """A supervised network of the same size as the classifiers inside the semi-supervised models, without the rest."""

    needs_classes: ClassVar[bool] = True
    classifies: ClassVar[bool] = True
    labelled_only: ClassVar[bool] = True
    bounds_likelihood: ClassVar[bool] = False
    fits_pixels: ClassVar[bool] = False
    has_kl: ClassVar[bool] = False
    objectives: ClassVar[tuple[str, ...]] = ("cross_entropy",)
    only_these: ClassVar[str] = "it is a model of classes, not of images, and has no bound"

    name: Literal["classifier"] = "classifier"
