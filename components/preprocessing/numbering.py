"""What decides on the splits of images, as numbers, which take a fraction of the memory of text."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vaeflow.components.images.identity_table import codes

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_GROUP = -1


@dataclass(frozen=True)
class Numbered:
    """Images as numbers [images]: equal ones for equal pixels, for the same group, and for the same split.

    `splits` are indices into `split_names`; groups are `NO_GROUP` of images without one, and labels are class numbers,
    -1 if unknown.
    """

    split_names: Sequence[str]
    splits: Numbers
    digests: Numbers
    groups: Numbers
    labels: Numbers

    def __len__(self) -> int:
        return len(self.splits)

    def are_in(self, splits: Collection[str]) -> Mask:
        """Whether [images] each is in one of these splits of the source."""
        return np.array([name in splits for name in self.split_names], np.bool_)[self.splits]

    def chosen(self, which: Mask) -> "Numbered":
        """Those at which the mask is true."""
        columns = self.splits, self.digests, self.groups, self.labels
        return Numbered(self.split_names, *(column[which] for column in columns))


def numbered(table: pa.Table) -> Numbered:
    """The images of a table that `read_identities` returns."""
    split_names, splits = codes(table["split"])
    group_names, groups = codes(table["group"])
    groups[groups == pc.index(group_names, "").as_py()] = NO_GROUP
    return Numbered(split_names.to_pylist(), splits, codes(table["digest"])[1], groups, table["label"].to_numpy())
