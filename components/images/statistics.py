"""The pixel statistics of a split, as `statistics.json` records them. Importable without TensorFlow."""

from collections.abc import Mapping

from vaeflow.models.config import Config

STATISTICS_FILE = "statistics.json"


class SplitStatistics(Config):
    """Pixel statistics of one split, where white is 1: `mean` and `stddev` by channel, `mean_image` [h][w][c]."""

    count: int
    mean: tuple[float, ...]
    stddev: tuple[float, ...]
    mean_image: tuple[tuple[tuple[float, ...], ...], ...]
    labels: Mapping[str, int] | None
    binary: bool
