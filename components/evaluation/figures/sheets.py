"""Images of the sample, laid out to be compared."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

COLUMNS = 12


def first_images(study: Study, count: int) -> tuple[tf.Tensor, tf.Tensor | None]:
    """The first images of the sample as the model sees them, and the labels that it is given with them, if any."""
    model, sample = study.subject.network, study.measured.sample
    rows = range(min(count, len(sample)))
    labels = tf.constant(sample.labels[: len(rows)], tf.int32)
    return model.observe(tf.constant(sample.images(rows))), model.given(labels)


def below_each_other(kinds: Sequence[Images], columns: int = COLUMNS) -> Images:
    """Kinds of the same images, each [n, h, w, c] → a sheet [rows, columns, h, w, c] in which the kinds take turns."""
    shape = kinds[0].shape[1:]
    columns = min(columns, len(kinds[0]))
    rows = len(kinds[0]) // columns
    cut = np.stack(list(kinds))[:, : rows * columns]
    return cut.reshape(len(kinds), rows, columns, *shape).swapaxes(0, 1).reshape(-1, columns, *shape)
