"""Images by class and something else, as a matrix."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaeflow.components.evaluation.figures.style import INK, entitle, label, plot

Counts = NDArray[np.int64]

MOST_NUMBERED = 20
"""A matrix of more classes carries no numbers and no names."""


def matrix(counts: Counts, names: Sequence[str], title: str, columns_are: str) -> Figure:
    """Counts [classes, columns], darker where there is more of a class, with numbers where they fit."""
    share = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    rows, columns = counts.shape
    figure, (axis,) = plot(height=1 + 3.8 * max(0.3, min(1.2, rows / columns)))
    axis.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axis.spines[:].set_visible(False)
    axis.set_xticks([])
    axis.set_yticks([])
    if max(rows, columns) <= MOST_NUMBERED:
        axis.set_yticks(range(rows), names)
        axis.tick_params(length=0)
        for row, column in zip(*np.nonzero(counts), strict=True):
            color = "white" if share[row, column] > 0.5 else INK
            axis.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=9, color=color)
    label(axis, columns_are, "class")
    entitle(axis, title)
    return figure
