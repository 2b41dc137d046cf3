"""Units of images that belong in one split: copies of each other, and groups."""

from collections.abc import Mapping

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from vaeflow.components.images.identities import Identity
from vaeflow.components.preprocessing.config import Duplicates
from vaeflow.components.preprocessing.numbering import NO_GROUP, Mask, Numbered, Numbers


def key_of(image: Identity, duplicates: Duplicates) -> str:
    """The text whose hash decides on the split: the image's group, else its pixels, or its id if copies are kept."""
    if duplicates == "keep":
        return image.id
    return f"group {image.group}" if image.group else image.digest


def find_units(images: Numbered, duplicates: Duplicates) -> Numbers:
    """The number [images] of the unit of each image: those that share a key or pixels, directly or through others.

    Every image is alone if copies are kept. Units are numbered without gaps.
    """
    if duplicates == "keep":
        return np.arange(len(images))
    if (images.groups == NO_GROUP).all():
        return _without_gaps(images.digests)
    groups = images.digests.max(initial=-1) + 1 + images.groups
    keys = np.where(images.groups == NO_GROUP, images.digests, groups)
    return _components(_without_gaps(keys), _without_gaps(images.digests))


def find_superfluous(images: Numbered, rank: Mapping[str, int]) -> Mask:
    """Whether [images] there is a copy of each image in a split of lower rank, or before it in the same split.

    Images of rank 0 are never superfluous. Of the others, those with a label come first, and then the order is that of
    the table.
    """
    # Splits without a rank have no images here.
    ranks = np.array([rank.get(name, 0) for name in images.split_names], np.int64)[images.splits]
    order = np.lexsort((images.labels < 0, ranks))  # which keeps the order of equal ones
    _, first = np.unique(images.digests[order], return_index=True)
    superfluous = ranks > 0
    superfluous[order[first]] = False
    return superfluous


def differ(shared: Numbers, values: Numbers) -> Mask:
    """Whether [images] the values of the images with the same number `shared` differ."""
    lowest = np.full(shared.max(initial=-1) + 1, np.iinfo(np.int64).max)
    highest = np.full_like(lowest, np.iinfo(np.int64).min)
    np.minimum.at(lowest, shared, values)
    np.maximum.at(highest, shared, values)
    return (lowest != highest)[shared]


def _without_gaps(numbers: Numbers) -> Numbers:
    return np.unique(numbers, return_inverse=True)[1]


def _components(left: Numbers, right: Numbers) -> Numbers:
    """The number of the connected component of each edge of a bipartite graph."""
    rows, columns = left.max(initial=-1) + 1, right.max(initial=-1) + 1
    edges = coo_array((np.ones(len(left), bool), (left, rows + right)), shape=(rows + columns,) * 2)
    numbers: Numbers = connected_components(edges, directed=False)[1][left].astype(np.int64)
    return numbers
