"""Attribute vectors: what the codes of a class have and those of the other classes lack."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.evaluation.embedded import Embedded, labelled_training_images
from vaeflow.components.evaluation.figures.drawing import Drawing, Picture
from vaeflow.components.evaluation.figures.style import image_plot
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

MOST_ATTRIBUTES = 5
ROWS_EACH = 2
STEPS = np.linspace(-1, 2, 7, dtype=np.float32)
"""Multiples of the vector that are added: at zero, an image is reconstructed as it is."""

Vector = NDArray[np.float32]


class Moved(NamedTuple):
    """Codes [rows, steps, code] of images, by row in the sample, moved along the vectors of classes [rows]."""

    places: list[int]
    classes: list[int]
    codes: NDArray[np.float32]


def draw(study: Study) -> Picture | None:
    """Images of the sample moved along attribute vectors; None where there are no two classes to tell apart."""
    model, sample = study.subject.network, study.measured.sample
    train = study.once(labelled_training_images)
    moved = move(train, Embedded(sample.measures["mean"], sample.labels))
    if moved is None:
        return None
    x = model.observe(tf.constant(sample.images(moved.places))).numpy()
    names = [study.subject.label_names[label] for label in moved.classes]
    decoded = model.decode(tf.constant(moved.codes)).numpy()
    return attributes(x, decoded, names, [f"{step:g}" for step in STEPS], len(train.labels))


def attribute_vector(train: Embedded, label: int) -> Vector:
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


def attributes(
    originals: Images, moved: Images, names: Sequence[str], steps: Sequence[str], train_images: int
) -> Picture:
    """One row an image [rows, h, w, c]: itself, then decoded [rows, steps, h, w, c] along the vector of a class."""
    sheet = np.concatenate([originals[:, np.newaxis], moved], axis=1)
    return Picture(
        name="attributes",
        caption="Latent arithmetic: each row moves the code of a test image of another class by multiples (below) of "
        "the vector of the class named at its left, which is the mean code of that class's images minus that of all "
        f"others, over {train_images} labelled training images.",
        alt=f"{len(originals)} rows of images, each taking on the look of a class from left to right.",
        figure=image_plot(sheet, "Attribute vectors", names, ("input", *steps)),
    )


DRAWING = Drawing(draw, needs=(LABELS,))
