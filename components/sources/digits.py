"""The 1,797 digits of scikit-learn: 8×8 pixels with 17 grey levels."""

from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_digits

from vaeflow.components.sources.embedded import DIGITS, numbered
from vaeflow.components.sources.source import Source, SourceImage

_WHITE = 16


def open_digits() -> Source:
    """The digits as one shard."""
    return Source(["digits"], _read, num_images=1797, num_bytes=1797 * 8 * 8, label_names=DIGITS)


def _read(shard: str) -> Iterator[SourceImage]:
    digits = load_digits()
    return numbered(shard, np.rint(digits.images * (255 / _WHITE)).astype(np.uint8), digits.target)
