"""Units of images that belong in one split: copies of each other, and groups."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from vaeflow.components.images.identities import Identity
from vaeflow.components.preprocessing.config import Duplicates


class Unit(NamedTuple):
    """Images that are not separated, and their keys."""

    images: list[Identity]
    keys: set[str]


def key_of(image: Identity, duplicates: Duplicates) -> str:
    """The text whose hash decides on the split: the image's group, else its pixels, or its id if copies are kept."""
    if duplicates == "keep":
        return image.id
    return f"group {image.group}" if image.group else image.digest


def find_units(images: Sequence[Identity], duplicates: Duplicates) -> list[Unit]:
    """The connected components of images that share a key or pixels; every image alone if copies are kept."""
    keys = [key_of(image, duplicates) for image in images]
    if duplicates == "keep":
        return [Unit([image], {key}) for image, key in zip(images, keys, strict=True)]
    units: dict[int, Unit] = defaultdict(lambda: Unit([], set()))
    for image, key, number in zip(images, keys, _components(keys, [image.digest for image in images]), strict=True):
        units[number].images.append(image)
        units[number].keys.add(key)
    return list(units.values())


def find_superfluous(images: Iterable[Identity], rank: dict[str, int]) -> set[str]:
    """Ids of the images of which there is a copy in a split of lower rank, or before it in the same split.

    Images of rank 0 are never superfluous. Of the others, those with a label come first, and then the order is by id.
    """
    ordered = sorted(images, key=lambda image: (rank[image.split], not image.labelled, image.id))
    seen: set[str] = set()
    superfluous = set()
    for image in ordered:
        if rank[image.split] and image.digest in seen:
            superfluous.add(image.id)
        seen.add(image.digest)
    return superfluous


def find_contradictions(images: Iterable[Identity]) -> list[list[Identity]]:
    """The labelled images of each picture that belongs to several classes."""
    copies: dict[str, list[Identity]] = defaultdict(list)
    for image in images:
        if image.labelled:
            copies[image.digest].append(image)
    return [some for some in copies.values() if len({image.label for image in some}) > 1]


def _components(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """The number of the connected component of each edge of a bipartite graph."""
    (_, rows), (_, columns) = (np.unique(ends, return_inverse=True) for ends in (left, right))
    size = rows.max(initial=-1) + 1 + columns.max(initial=-1) + 1
    graph = coo_array((np.ones(len(rows)), (rows, rows.max(initial=-1) + 1 + columns)), shape=(size, size))
    numbers: list[int] = connected_components(graph, directed=False)[1][rows].tolist()
    return numbers
