"""Assignment of images to the splits train, validation and test."""

import hashlib
import logging
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.images.splits import SPLITS, split_named
from vaeflow.models.errors import InputError

_ORDER = ("test", "validation", "train")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Splitting:
    """Keeps the splits of the source, and takes missing ones from its training images.

    A hash of the seed and a key of the image decides, so that it stays in its split when others are added or removed.
    """

    kept: dict[str, str]
    pool: frozenset[str]
    validation_fraction: float
    test_fraction: float
    seed: int

    @property
    def sources(self) -> frozenset[str]:
        """The splits of the source that are used."""
        return self.pool | self.kept.keys()

    def assign(self, source_split: str, key: str) -> str | None:
        """The split of an image, given the key that it is divided by; None if its split in the source is not used."""
        return self.split_at(self.position(key)) if source_split in self.pool else self.kept.get(source_split)

    def position(self, key: str) -> float:
        """A hash of the seed and the key, uniform in [0, 1)."""
        return int.from_bytes(hashlib.blake2b(f"{self.seed}/{key}".encode(), digest_size=8).digest()) / 2**64

    def split_at(self, position: float) -> str:
        """The split of training images with this hash."""
        return _ORDER[bisect_right(self._bounds, position)]

    def numbers_at(self, positions: NDArray[np.float64]) -> NDArray[np.int64]:
        """The splits [images] of training images with these hashes, as numbers in `SPLITS`."""
        numbers = np.array([SPLITS.index(split) for split in _ORDER], np.int64)
        return numbers[np.digitize(positions, self._bounds)]

    @property
    def _bounds(self) -> tuple[float, float]:
        """The hashes at which validation and train begin."""
        return self.test_fraction, self.test_fraction + self.validation_fraction


def plan_splits(
    source_splits: Iterable[str], *, validation_fraction: float, test_fraction: float, seed: int
) -> Splitting:
    """Plan which splits of the source are kept and which are made; a single split, whatever its name, is divided.

    Raises `InputError` if no images are left to train on.
    """
    names = sorted(source_splits)
    meant = {name: split_named(name) for name in names}
    kept = {name: split for name, split in meant.items() if split in ("validation", "test") and len(names) > 1}
    rest = [name for name in names if name not in kept]
    pool = [name for name in rest if meant[name] == "train"] or rest
    if not pool:
        raise InputError(
            f"ingest.source: expected a split to train on, got only {' and '.join(names)}; add one named train, or "
            "give the images without splits, which preprocess then makes"
        )
    if len(pool) < len(rest):
        unused = ", ".join(name for name in rest if name not in pool)
        log.warning("splits of the source other than train, validation and test are not used: %s", unused)
    return Splitting(
        kept=kept,
        pool=frozenset(pool),
        validation_fraction=0 if "validation" in kept.values() else validation_fraction,
        test_fraction=0 if "test" in kept.values() else test_fraction,
        seed=seed,
    )
