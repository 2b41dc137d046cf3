"""Attribute vectors: directions in latent space from all other classes to one class."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.evaluation.drawing.fonts import lettering
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import image_plot, shown
from vaeflow.components.evaluation.embedded import Embedded, labelled_training_images
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

MAX_ATTRIBUTES = 5
ROWS_EACH = 2
STEPS = np.linspace(-1, 2, 7, dtype=np.float32)
"""Multiples of the vector that are added to a code; at zero, the image is only reconstructed."""

Vector = NDArray[np.float32]


class Moved(NamedTuple):
    """Images, given by their rows in the sample, with codes [rows, steps, code] moved along the vectors of classes."""

    rows: list[int]
    classes: list[int]
    codes: NDArray[np.float32]


def draw(study: Study) -> Picture | None:
    """Images of the sample moved along attribute vectors; None if there are fewer than two classes."""
    model, sample = study.subject.network, study.measured.sample
    train = study.once(labelled_training_images)
    moved = move(train, Embedded(sample.measures["mean"], sample.labels))
    if moved is None:
        return None
    x = model.observe(tf.constant(sample.images(moved.rows))).numpy()
    names = [study.once(lettering).names[label] for label in moved.classes]
    decoded = model.decode(tf.constant(moved.codes)).numpy()
    return attributes(x, decoded, names, [f"{step:g}" for step in STEPS], len(train.labels))


def attribute_vector(train: Embedded, label: int) -> Vector:
    """Mean code [code] of the images with the label minus that of all others. Larsen et al. 2016, §4.2."""
    has = train.labels == label
    return train.mean[has].mean(axis=0) - train.mean[~has].mean(axis=0)


def move(train: Embedded, test: Embedded) -> Moved | None:
    """Move test images of other classes towards each of the first classes; None if there is nothing to move.

    That is the case if the training images have fewer than two classes, or if no test image is of another class.
    """
    train = train.known()
    classes = np.unique(train.labels)[:MAX_ATTRIBUTES].tolist() if len(np.unique(train.labels)) > 1 else []
    chosen = [(label, row) for label in classes for row in _lacking(test, label)]
    if not chosen:
        return None
    vectors = {label: attribute_vector(train, label) for label in classes}
    rows = [test.mean[row] + STEPS[:, np.newaxis] * vectors[label] for label, row in chosen]
    return Moved([row for _, row in chosen], [label for label, _ in chosen], np.stack(rows))


def _lacking(test: Embedded, label: int) -> list[int]:
    """Rows of images of other classes, starting at another offset for each class."""
    others = np.flatnonzero((test.labels != label) & (test.labels >= 0))
    return [int(row) for row in np.roll(others, -ROWS_EACH * label)[:ROWS_EACH]]


def attributes(
    originals: Images, moved: Images, names: Sequence[str], steps: Sequence[str], train_images: int
) -> Picture:
    """One row per image: the original [rows, h, w, c], then the decoded images [rows, steps, h, w, c]."""
    sheet = np.concatenate([originals[:, np.newaxis], moved], axis=1)
    return Picture(
        name="attributes",
        caption="Latent arithmetic: each row moves the code of a test image along the attribute vector of the class on "
        "the left, by the multiples below. The attribute vector is the mean code of the images of the class minus that "
        f"of all other images, over {train_images} labelled training images.",
        alt=f"{len(originals)} rows of images, each changing towards a class from left to right.",
        figure=image_plot(sheet, "Attribute vectors", list(map(shown, names)), ("input", *steps)),
    )


DRAWING = Drawing(draw, needs=(LABELS,))
