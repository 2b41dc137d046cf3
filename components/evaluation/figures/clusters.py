"""Classes against clusters, and against what a classifier says, as matrices."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vaeflow.components.evaluation.figures.style import INK, Picture, entitle, label, plot

MOST_NUMBERED = 20
"""A matrix of more classes carries no numbers and no names."""


def confusion(counts: NDArray[np.int64], names: Sequence[str]) -> Picture:
    """Images by class and cluster [classes, clusters], the clusters ordered so that the best assignment is diagonal."""
    return Picture(
        name="confusion",
        caption="Test images of each class (rows) in each k-means cluster (columns) of the posterior means; a darker "
        "cell holds more of its class. The clusters are ordered by the best assignment to the classes.",
        alt="A matrix of classes by clusters; the darker its diagonal, the better the clusters match the classes.",
        figure=_matrix(counts[:, best_order(counts)], names, "Classes and k-means clusters", "cluster"),
    )


def classification(counts: NDArray[np.int64], names: Sequence[str]) -> Picture:
    """Images by class and by the class that the model's own classifier takes them for, [classes, classes]."""
    return Picture(
        name="classification",
        caption="Test images of each class (rows) by the class that the model takes them for (columns, in the same "
        "order); a darker cell holds more of its class. What lies beside the diagonal is wrong.",
        alt="A matrix of classes by predicted classes; the darker its diagonal, the better the classifier.",
        figure=_matrix(counts, names, "Classes and what the model takes them for", "predicted class"),
    )


def _matrix(counts: NDArray[np.int64], names: Sequence[str], title: str, columns_are: str) -> Figure:
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


def best_order(counts: NDArray[np.int64]) -> list[int]:
    """The clusters in the order of the classes they are assigned to, those without a class last."""
    assigned = [int(column) for column in linear_sum_assignment(counts, maximize=True)[1]]
    return assigned + [column for column in range(counts.shape[1]) if column not in assigned]
