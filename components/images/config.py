"""How an image becomes an example, as `transform.json` records it. Importable without TensorFlow."""

from typing import Literal

from vaeflow.models.config import Config, Observation

TRANSFORM_FILE = "transform.json"


class Transform(Config):
    """How an image of any size becomes an example, and how an example becomes what a model sees."""

    image_shape: tuple[int, int, int]
    colour: Literal["grey", "rgb"]
    resize: Literal["area", "bilinear"]
    fit: Literal["crop", "pad"]
    observation: Observation
