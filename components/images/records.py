"""What preprocess writes beside the examples: how they were made, and what they are like. Light to import."""

from collections.abc import Mapping
from typing import Literal

from vaeflow.models.config import Config, Observation

STATISTICS_FILE = "statistics.json"
TRANSFORM_FILE = "transform.json"


class Transform(Config):
    """How an image became an example, and how an example becomes what a model sees."""

    image_shape: tuple[int, int, int]
    color: Literal["grey", "rgb"]
    resize: Literal["area", "bilinear"]
    fit: Literal["crop", "pad"]
    observation: Observation


class SplitStatistics(Config):
    """Pixel statistics of one split, where white is 1: `mean` and `stddev` by channel, `mean_image` [h][w][c]."""

    count: int
    mean: tuple[float, ...]
    stddev: tuple[float, ...]
    mean_image: tuple[tuple[tuple[float, ...], ...], ...]
    labels: Mapping[str, int] | None
    binary: bool
