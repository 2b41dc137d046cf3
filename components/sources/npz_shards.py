"""Slices of an array of images, and what is known of these images."""

from collections.abc import Iterator
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.sources.npz_array import StoredArray
from vaeflow.components.sources.source import SourceImage
from vaeflow.models.arrays import FactorValues

_MIN_IMAGES, _MAX_IMAGES = 1000, 4096  # few enough that little is lost if reading a slice is interrupted
_BYTES = 2**26
_COMPRESSED = 8  # whoever reads a slice has to decompress what precedes it
_BLOCK_BYTES = 2**24


class Shard(NamedTuple):
    """The images [start:stop] of an array, with ids, splits, class numbers and groups, each [images] or None.

    `factors` [images, k] has a column for each of `factor_names`, or is None.

    All are in `split` unless `splits` is given. The group of an image that has none is empty.
    """

    images: StoredArray
    array: str
    split: str
    start: int
    stop: int
    ids: NDArray[np.str_] | None = None
    splits: NDArray[np.str_] | None = None
    labels: NDArray[np.int64] | None = None
    groups: NDArray[np.str_] | None = None
    factors: FactorValues | None = None
    factor_names: tuple[str, ...] = ()

    @property
    def image_bytes(self) -> int:
        """The size of an image in the array."""
        return self.images.header.num_bytes // len(self.images)

    def identifiers(self) -> list[str]:
        """The ids, by default by index, such as `images/000007`."""
        if self.ids is not None:
            ids: list[str] = self.ids.tolist()
            return ids
        return [f"{self.array}/{index:06d}" for index in range(self.start, self.stop)]

    def named_factors(self) -> Iterator[dict[str, int] | None]:
        """The values of the factors of each image, by name."""
        if self.factors is None:
            return repeat(None)
        return (dict(zip(self.factor_names, row, strict=True)) for row in self.factors.tolist())

    def parts(self, step: int) -> Iterator["Shard"]:
        """The shard in parts of at most `step` images."""
        for start in range(0, self.stop - self.start, step):
            stop = min(start + step, self.stop - self.start)
            yield self._replace(
                start=self.start + start,
                stop=self.start + stop,
                ids=None if self.ids is None else self.ids[start:stop],
                splits=None if self.splits is None else self.splits[start:stop],
                labels=None if self.labels is None else self.labels[start:stop],
                groups=None if self.groups is None else self.groups[start:stop],
                factors=None if self.factors is None else self.factors[start:stop],
            )


def divide(whole: Shard) -> Iterator[Shard]:
    """All images of an array, in slices of which workers can read some."""
    if whole.images.compressed:
        return whole.parts(max(_MIN_IMAGES, -(-whole.stop // _COMPRESSED)))
    return whole.parts(min(max(_MIN_IMAGES, _BYTES // whole.image_bytes), _MAX_IMAGES))


def read_shard(shard: Shard) -> Iterator[SourceImage]:
    """The images, of which a limited number is in memory at any time."""
    for block in shard.parts(max(1, _BLOCK_BYTES // shard.image_bytes)):
        splits = repeat(block.split) if block.splits is None else block.splits.tolist()
        labels = repeat(None) if block.labels is None else block.labels.tolist()
        groups = repeat(None) if block.groups is None else block.groups.tolist()
        pixels = block.images.rows(block.start, block.stop)
        factors = block.named_factors()
        for identifier, split, label, image, group, values in zip(
            block.identifiers(), splits, labels, pixels, groups, factors, strict=False
        ):
            yield SourceImage(identifier, split, label, image, group or None, values)
