"""Which of train, validation and test an image belongs to."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from vaeflow.models.errors import InputError

SPLITS = ("train", "validation", "test")
_ALIASES = {"val": "validation", "valid": "validation", "dev": "validation"}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Splitting:
    """Splits that the source has are kept; from its training images are cut the ones it lacks.

    The cut is a hash of the seed and the id, and so stays where it is when other images come or go.
    """

    kept: dict[str, str]
    pool: frozenset[str]
    validation_fraction: float
    test_fraction: float
    seed: int

    def assign(self, source_split: str, identifier: str) -> str | None:
        """Return the split of one image; None if the source's split is not used."""
        if source_split not in self.pool:
            return self.kept.get(source_split)
        place = _uniform(f"{self.seed}/{identifier}")
        if place < self.test_fraction:
            return "test"
        return "validation" if place < self.test_fraction + self.validation_fraction else "train"


def plan_splits(
    source_splits: Iterable[str], *, validation_fraction: float, test_fraction: float, seed: int
) -> Splitting:
    """Decide what is kept and what is cut. A source with a single split, whatever its name, has none.

    Raises `InputError` if nothing is left to train on.
    """
    names = sorted(source_splits)
    meant = {name: _ALIASES.get(name, name) for name in names}
    kept = {name: split for name, split in meant.items() if split in ("validation", "test") and len(names) > 1}
    rest = [name for name in names if name not in kept]
    pool = ["train"] if "train" in rest else rest
    if not pool:
        raise InputError(f"preprocess: the source has no images to train on, only the splits {', '.join(names)}")
    if len(pool) < len(rest):
        unused = ", ".join(name for name in rest if name not in pool)
        log.warning("Splits of the source that are neither train, validation nor test are not used: %s.", unused)
    return Splitting(
        kept=kept,
        pool=frozenset(pool),
        validation_fraction=0 if "validation" in kept.values() else validation_fraction,
        test_fraction=0 if "test" in kept.values() else test_fraction,
        seed=seed,
    )


def _uniform(text: str) -> float:
    """A number in [0, 1) that is a function of the text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / 2**64
