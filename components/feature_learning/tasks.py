"""What a feature network learns: the class of an image or, without labels, by how much it was rotated."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from vaeflow.components.images.examples import Split, known_labels
from vaeflow.models.arrays import Labels, Pixels

MIN_KNOWN = 0.5
"""Minimum share of the images whose class is known: a few labels teach features that tell little else apart."""


class Task(NamedTuple):
    """Images uint8 [n, h, w, c] with right answers [n]."""

    name: Literal["classes", "rotations"]
    images: Pixels
    answers: Labels
    originals: int
    """Number of different images."""


def has_classes(split: Split) -> bool:
    """Whether the images have at least two classes, and most of these are known."""
    labels = known_labels(split)
    known = labels[labels >= 0]
    return len(known) >= MIN_KNOWN * len(labels) and len(np.unique(known)) > 1


def classification(split: Split) -> Task:
    """The classes of the images where they are known."""
    labels = known_labels(split)
    known = labels >= 0
    return Task("classes", split.images[known], labels[known], int(known.sum()))


def rotation(split: Split) -> Task:
    """The first images, each rotated in every way that keeps its shape. Gidaris, Singh & Komodakis 2018.

    They are about as many in all as the images of the split, so that both tasks take the same time.
    """
    turns = quarter_turns(split.images.shape[1:])
    chosen = split.images[: -(-len(split.images) // len(turns))]
    images = np.concatenate([np.rot90(chosen, turn, axes=(1, 2)) for turn in turns])
    return Task("rotations", images, np.repeat(np.arange(len(turns)), len(chosen)), len(chosen))


def quarter_turns(shape: Sequence[int]) -> tuple[int, ...]:
    """Quarter turns that keep the shape [h, w, c] of an image."""
    return (0, 1, 2, 3) if shape[0] == shape[1] else (0, 2)
