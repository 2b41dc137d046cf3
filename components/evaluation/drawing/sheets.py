"""Images of the sample, laid out for comparison."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

COLUMNS = 12


def first_images(study: Study, count: int) -> tuple[tf.Tensor, tf.Tensor | None]:
    """The first images of the sample as the model sees them, and their labels if the model is conditional."""
    model, sample = study.subject.network, study.measured.sample
    rows = range(min(count, len(sample)))
    labels = tf.constant(sample.labels[: len(rows)], tf.int32)
    return model.observe(tf.constant(sample.images(rows))), model.given(labels)


def interleave_rows(versions: Sequence[Images], columns: int = COLUMNS) -> Images:
    """Versions [n, h, w, c] of the same images → a sheet [rows, columns, h, w, c] that alternates between versions."""
    shape = versions[0].shape[1:]
    columns = min(columns, len(versions[0]))
    rows = len(versions[0]) // columns
    cut = np.stack(list(versions))[:, : rows * columns]
    return cut.reshape(len(versions), rows, columns, *shape).swapaxes(0, 1).reshape(-1, columns, *shape)
