"""Attribute vectors: what the codes of a class have that those of the other classes have not."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.evaluation.probes import Embedded

MOST_ATTRIBUTES = 5
ROWS_EACH = 2
STEPS = np.linspace(-1, 2, 7, dtype=np.float32)
"""Multiples of the vector that are added: the nought in between leaves a reconstruction as it is."""

Array = NDArray[np.float32]


class Moved(NamedTuple):
    """Codes [rows, steps, code] of test images, by place in the split, moved along the vectors of classes [rows]."""

    places: list[int]
    classes: list[int]
    codes: Array


def attribute_vector(train: Embedded, label: int) -> Array:
    """Mean code of the images with the label minus mean code of those without, [code]. Larsen et al. 2016, §4.2."""
    has = train.labels == label
    return train.mean[has].mean(axis=0) - train.mean[~has].mean(axis=0)


def move(train: Embedded, test: Embedded) -> Moved | None:
    """The first test images that lack each of the first classes, moved towards it; None where no two classes are."""
    train = train.known()
    classes = np.unique(train.labels)[:MOST_ATTRIBUTES].tolist() if len(np.unique(train.labels)) > 1 else []
    chosen = [(label, place) for label in classes for place in _lacking(test, label)]
    if not chosen:
        return None
    vectors = {label: attribute_vector(train, label) for label in classes}
    rows = [test.mean[place] + STEPS[:, np.newaxis] * vectors[label] for label, place in chosen]
    return Moved([place for _, place in chosen], [label for label, _ in chosen], np.stack(rows))


def _lacking(test: Embedded, label: int) -> list[int]:
    """Places of images of other classes, each row of a class beginning elsewhere in the split."""
    others = np.flatnonzero((test.labels != label) & (test.labels >= 0))
    return [int(place) for place in np.roll(others, -ROWS_EACH * label)[:ROWS_EACH]]
