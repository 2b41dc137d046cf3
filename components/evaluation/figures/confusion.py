"""Classes and k-means clusters."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components.evaluation.figures.drawing import Drawing, Picture
from vaeflow.components.evaluation.figures.matrix import Counts, matrix
from vaeflow.components.evaluation.metrics.clustering import clusterings
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.study import Study


def draw(study: Study) -> Picture | None:
    """The sample's known classes and the clusters of the first run; None where the sample has no known class."""
    known = study.labels >= 0
    if not known.any():
        return None
    labels, clusters = study.labels[known], study.once(clusterings)[0].clusters[known]
    names = [study.subject.label_names[label] for label in np.unique(labels)]
    return confusion(contingency_matrix(labels, clusters), names)


def confusion(counts: Counts, names: Sequence[str]) -> Picture:
    """Images by class and cluster [classes, clusters], the clusters ordered so that the best assignment is diagonal."""
    return Picture(
        name="confusion",
        caption="Test images of each class (rows) in each k-means cluster (columns) of the posterior means; a darker "
        "cell holds more of its class. The clusters are ordered by the best assignment to the classes.",
        alt="A matrix of classes by clusters; the darker its diagonal, the better the clusters match the classes.",
        figure=matrix(counts[:, best_order(counts)], names, "Classes and k-means clusters", "cluster"),
    )


def best_order(counts: Counts) -> list[int]:
    """The clusters in the order of the classes they are assigned to, those without a class last."""
    assigned = [int(column) for column in linear_sum_assignment(counts, maximize=True)[1]]
    return assigned + [column for column in range(counts.shape[1]) if column not in assigned]


DRAWING = Drawing(draw, needs=(LABELS,))
