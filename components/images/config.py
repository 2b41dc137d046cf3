"""The transform from images to examples, as stored in `transform.json`. Importable without TensorFlow."""

from typing import Literal

from vaeflow.components.images.intensity import BY_TYPE, Intensity
from vaeflow.models.config import Config, Observation

TRANSFORM_FILE = "transform.json"


class Transform(Config):
    """How an image of any size becomes an example, and how a model observes the example."""

    image_shape: tuple[int, int, int]
    colour: Literal["grey", "rgb"]
    resize: Literal["area", "bilinear"]
    fit: Literal["crop", "pad"]
    observation: Observation
    intensity: Intensity = BY_TYPE
    """Black and white of images as the source stores them. Ingest has scaled those that preprocess reads."""

    def of_levels(self) -> "Transform":
        """The transform of images that have been scaled: uint8 from 0 (black) to 255 (white)."""
        return self.model_copy(update={"intensity": BY_TYPE})
