"""The most and the least anomalous images, with the errors of their reconstructions."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.artifacts import Examples
from vaeflow.components.evaluation.anomalies.exported import exported_score
from vaeflow.components.evaluation.anomalies.measuring import score_images
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.sheets import COLUMNS, interleave_rows
from vaeflow.components.evaluation.drawing.style import image_plot
from vaeflow.components.evaluation.measuring.selection import select
from vaeflow.components.evaluation.needs import ANOMALIES as SOME
from vaeflow.components.evaluation.study import Study
from vaeflow.components.images.splits import ANOMALIES
from vaeflow.models.arrays import Images, Pixels

KINDS = ("normal, lowest", "normal, highest", "anomalies, lowest", "anomalies, highest")


def draw(study: Study) -> Picture | None:
    """Images of both kinds with the extreme values of the score that is exported, if the model has one."""
    score = exported_score(study.settings.score, study.subject)
    if score is None:
        return None
    model, scored = study.subject.network, study.once(score_images)
    normal = _extreme(study.subject.examples, "test", scored.normal[score.name])
    anomalous = _extreme(study.subject.anomalous_examples, ANOMALIES, scored.anomalous[score.name])
    images = np.concatenate([*normal, *anomalous])
    x = model.observe(tf.constant(images))
    labels = model.given(tf.fill([len(images)], -1))
    return anomalies(x.numpy(), model.errors(x, labels).numpy()[..., np.newaxis], score.name)


def _extreme(examples: Examples, split: str, scores: NDArray[np.float32]) -> Iterator[Pixels]:
    """The images with the lowest and with the highest scores, each from the lowest."""
    order = np.argsort(scores)
    columns = min(COLUMNS, len(order))
    yield _images(examples, split, order[:columns])
    yield _images(examples, split, order[-columns:])


def _images(examples: Examples, split: str, indices: NDArray[np.int64]) -> Pixels:
    sorted_indices, place = np.unique(indices, return_inverse=True)
    found = np.stack([image for image, _ in select(examples, split, sorted_indices).as_numpy_iterator()])
    return found[place]


def anomalies(images: Images, errors: Images, score: str) -> Picture:
    """Rows of images [n, h, w, c] by kind, each followed by a row of their errors [n, h, w, 1]."""
    brightest = max(float(errors.max()), float(np.finfo(np.float32).tiny))
    maps = np.broadcast_to(errors / brightest, images.shape)
    sheet = interleave_rows((images, maps), len(images) // len(KINDS))
    rows = [row for kind in KINDS for row in (kind, "error")]
    return Picture(
        name="anomalies",
        caption=f"The images with the lowest and the highest {score.replace('_', ' ')}, each row from the lowest; "
        "below each, the squared error of its reconstruction, white where it is largest.",
        alt=f"Rows of {sheet.shape[1]} images, normal ones and anomalies, each above the map of its error.",
        figure=image_plot(sheet, "Normal images and anomalies", rows),
    )


DRAWING = Drawing(draw, needs=(SOME,))
