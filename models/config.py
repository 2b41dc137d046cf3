"""The base of every configuration, and the one configuration that steps share. Importable without TensorFlow."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Config(BaseModel):
    """The base of every configuration in vaeflow: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


class Observation(Config):
    """How stored uint8 pixels become what a model sees: the one transform of training, evaluation and serving.

    none: pixels over 255. static: each pixel becomes 0 or 1, drawn once with its grey value as the probability;
    the draw is a function of the seed and of the image itself, so the same image gets the same binary image
    everywhere. dynamic: drawn afresh at every use in training, and as static everywhere else.
    """

    binarise: Literal["none", "static", "dynamic"] = "none"
    seed: int = 0
