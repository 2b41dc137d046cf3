"""Matrices of numbers of images by class."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaeflow.components.evaluation.drawing.style import INK, label, plot, set_title, shown

Counts = NDArray[np.int64]

MAX_NUMBERED = 20
"""Maximum number of rows or columns of a matrix that shows numbers and names."""


def matrix(counts: Counts, names: Sequence[str], title: str, columns_are: str) -> Figure:
    """Counts [classes, columns] as a matrix, darker for a larger share of the class, with numbers if they fit."""
    share = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    rows, columns = counts.shape
    figure, (axis,) = plot(height=1 + 3.8 * max(0.3, min(1.2, rows / columns)))
    axis.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axis.spines[:].set_visible(False)
    axis.set_xticks([])
    axis.set_yticks([])
    if max(rows, columns) <= MAX_NUMBERED:
        axis.set_yticks(range(rows), list(map(shown, names)))
        axis.tick_params(length=0)
        for row, column in zip(*np.nonzero(counts), strict=True):
            color = "white" if share[row, column] > 0.5 else INK
            axis.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=9, color=color)
    label(axis, columns_are, "class")
    set_title(axis, title)
    return figure
