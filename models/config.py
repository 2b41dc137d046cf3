"""The base of every configuration, and the one configuration that steps share. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Config(BaseModel):
    """The base of every configuration in vaeflow: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


def named(default: str) -> BeforeValidator:
    """For a choice by `name`: a part written without its name is the default one, as it is when not written at all."""
    return BeforeValidator(lambda part: {"name": default, **part} if isinstance(part, Mapping) else part)


class Observation(Config):
    """How stored uint8 pixels become what a model sees: the one transform of training, evaluation and serving.

    none: pixels over 255. static: each pixel becomes 0 or 1, drawn once with its grey value as the probability;
    the draw is a function of the seed and of the image itself, so the same image gets the same binary image
    everywhere. dynamic: drawn afresh at every use in training, and as static everywhere else.
    """

    binarise: Literal["none", "static", "dynamic"] = "none"
    seed: int = 0


class DataSpec(Config):
    """What a model has to know of the images before it has seen one."""

    image_shape: tuple[int, int, int]
    observation: Observation = Observation()
    num_classes: int = 0
    """0 where the images carry no labels."""
    label_names: tuple[str, ...] = ()
    """Of the classes, in the order of their numbers; empty where they have none."""
