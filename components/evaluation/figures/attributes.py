"""Attribute vectors: directions in latent space from all other classes to one class."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaeflow.components.evaluation.drawing.fonts import lettering
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import draw_sheet, image_plot, plot, set_title, sheet_height, shown
from vaeflow.components.evaluation.embedded import Embedded, labelled_training_images
from vaeflow.components.evaluation.needs import GENERATIVE, LABELS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images, Labels

TITLE = "Attribute vectors"
FEW_CLASSES = 5
"""Maximum number of classes with two images each; of more classes, each has one."""
PANEL_ROWS = 13
"""Maximum number of rows in a single panel; more rows are halved between two."""
PANEL_NAME_LENGTH = 12
"""Maximum length of a class name beside one of two panels."""
SMALL = 6
"""Size in points of the labels below one of two panels."""
MAX_CLASSES = 40
"""Maximum number of classes that are legible in one figure."""
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
    classes = len(np.unique(train.labels))
    return attributes(x, decoded, names, [f"{step:g}" for step in STEPS], len(train.labels), classes)


def attribute_vector(train: Embedded, label: int) -> Vector:
    """Mean code [code] of the images with the label minus that of all others. Larsen et al. 2016, §4.2."""
    has = train.labels == label
    return train.mean[has].mean(axis=0) - train.mean[~has].mean(axis=0)


def most_frequent(labels: Labels) -> list[int]:
    """The classes that occur, or the most frequent of them if there are too many to show, in ascending order."""
    classes, counts = np.unique(labels, return_counts=True)
    chosen: list[int] = np.sort(classes[np.argsort(-counts, kind="stable")[:MAX_CLASSES]]).tolist()
    return chosen


def move(train: Embedded, test: Embedded) -> Moved | None:
    """Move test images of other classes towards each class; None if there is nothing to move.

    That is the case if the training images have fewer than two classes, or if no test image is of another class.
    """
    train = train.known()
    classes = most_frequent(train.labels)
    each = 2 if len(classes) <= FEW_CLASSES else 1
    chosen = [(label, row) for label in classes for row in _lacking(test, label, each)] if len(classes) > 1 else []
    if not chosen:
        return None
    vectors = {label: attribute_vector(train, label) for label in classes}
    rows = [test.mean[row] + STEPS[:, np.newaxis] * vectors[label] for label, row in chosen]
    return Moved([row for _, row in chosen], [label for label, _ in chosen], np.stack(rows))


def _lacking(test: Embedded, label: int, count: int) -> list[int]:
    """Rows of images of other classes, starting at another offset for each class."""
    others = np.flatnonzero((test.labels != label) & (test.labels >= 0))
    return [int(row) for row in np.roll(others, -count * label)[:count]]


def attributes(
    originals: Images, moved: Images, names: Sequence[str], steps: Sequence[str], train_images: int, classes: int
) -> Picture:
    """One row per image: the original [rows, h, w, c], then the decoded images [rows, steps, h, w, c].

    `classes` is the number of all classes; if fewer are shown, the caption says so.
    """
    shown_classes = len(set(names))
    return Picture(
        name="attributes",
        caption="Latent arithmetic: each row moves the code of a test image along the attribute vector of the class on "
        "the left, by the multiples below. The attribute vector is the mean code of the images of the class minus that "
        f"of all other images, over {train_images:,} labelled training images."
        + (f" Shown are the {shown_classes} most frequent of {classes} classes." if shown_classes < classes else ""),
        alt=f"{len(originals)} rows of images, each changing towards a class from left to right.",
        figure=in_panels(np.concatenate([originals[:, np.newaxis], moved], axis=1), names, ("input", *steps)),
    )


def in_panels(sheet: Images, names: Sequence[str], columns: Sequence[str]) -> Figure:
    """The rows of a sheet [rows, columns, h, w, c], in two panels side by side if there are too many for one."""
    if len(sheet) <= PANEL_ROWS:
        return image_plot(sheet, TITLE, list(map(shown, names)), columns)
    parts = np.array_split(np.arange(len(sheet)), 2)
    figure, axes = plot(height=sheet_height(sheet[parts[0]], panels=2), columns=2)
    for axis, part in zip(axes, parts, strict=True):
        draw_sheet(axis, sheet[part], [shown(names[row], PANEL_NAME_LENGTH) for row in part], columns)
        axis.tick_params(axis="x", labelsize=SMALL)
    set_title(axes[0], TITLE)
    return figure


DRAWING = Drawing(draw, needs=(GENERATIVE, LABELS))
