"""The confusion matrix of classes and k-means clusters."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components.evaluation.drawing.fonts import lettering
from vaeflow.components.evaluation.drawing.matrix import Counts, matrix
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.metrics.clustering import clusterings
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.study import Study


def draw(study: Study) -> Picture | None:
    """The sample's known classes and the clusters of the first k-means run; None if no class is known."""
    known = study.labels >= 0
    if not known.any():
        return None
    labels, clusters = study.labels[known], study.once(clusterings)[0].clusters[known]
    names = [study.once(lettering).names[label] for label in np.unique(labels)]
    return confusion(contingency_matrix(labels, clusters), names)


def confusion(counts: Counts, names: Sequence[str]) -> Picture:
    """Number of images [classes, clusters] as a matrix, ordered so that the best assignment is on the diagonal."""
    return Picture(
        name="confusion",
        caption="Test images by class (rows) and k-means cluster of the posterior means (columns). The darker a cell, "
        "the larger its share of the class. The clusters are ordered by the best assignment to the classes.",
        alt="A matrix of classes by clusters; the darker its diagonal, the better the clusters match the classes.",
        figure=matrix(counts[:, best_order(counts)], names, "Classes and k-means clusters", "cluster"),
    )


def best_order(counts: Counts) -> list[int]:
    """The clusters in the order of their assigned classes, followed by those without a class."""
    assigned = [int(column) for column in linear_sum_assignment(counts, maximize=True)[1]]
    return assigned + [column for column in range(counts.shape[1]) if column not in assigned]


DRAWING = Drawing(draw, needs=(LABELS,))
