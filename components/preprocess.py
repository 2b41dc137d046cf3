"""Preprocess: original images become fixed-shape uint8 examples in train, validation and test."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt

from vaeflow.components.artifacts import Dataset, Examples
from vaeflow.models.config import Config


class PreprocessConfig(Config):
    """The shape of an example, its pixels, and the splits."""

    image_size: PositiveInt | tuple[PositiveInt, PositiveInt] = Field(28, description="Side, or [height, width].")
    color: Literal["grey", "rgb"] = "grey"
    resize: Literal["area", "bilinear"] = "area"
    fit: Literal["crop", "pad"] = Field("crop", description="crop: fill the frame and cut; pad: fit inside it.")
    binarise: Literal["none", "static", "dynamic"] = "none"
    validation_fraction: float = Field(0.1, gt=0, lt=1, description="Used only where the source has no validation.")
    test_fraction: float = Field(0.1, gt=0, lt=1, description="Used only where the source has no test split.")
    seed: int = Field(0, description="Seed of the binarisation and of the split.")


def preprocess(
    config: PreprocessConfig, dataset: Dataset, *, output: Path, beam_args: Sequence[str] = ()
) -> Examples:
    """Resize and split every image; write the statistics and the transform that all later steps use."""
    raise NotImplementedError
