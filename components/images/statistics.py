"""Pixel statistics of a split, as stored in `statistics.json`. Importable without TensorFlow."""

from collections.abc import Mapping

from vaeflow.models.config import Config

STATISTICS_FILE = "statistics.json"


class SplitStatistics(Config):
    """Statistics of a split, for pixels in [0, 1]: `mean` and `stddev` per channel, `mean_image` [h][w][c]."""

    count: int
    mean: tuple[float, ...]
    stddev: tuple[float, ...]
    mean_image: tuple[tuple[tuple[float, ...], ...], ...]
    labels: Mapping[str, int] | None
    binary: bool
