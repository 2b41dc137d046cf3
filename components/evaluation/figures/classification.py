"""The confusion matrix of the model's own classifier."""

from collections.abc import Sequence

import numpy as np

from vaeflow.components.evaluation.drawing.fonts import lettering
from vaeflow.components.evaluation.drawing.matrix import Counts, matrix
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.metrics.classification import PREDICTED
from vaeflow.components.evaluation.needs import A_CLASSIFIER, LABELS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Labels


def draw(study: Study) -> Picture:
    """The confusion matrix of all test images whose class is known."""
    rows, names = study.measured.rows, study.once(lettering).names
    return classification(class_counts(rows.column("label"), rows.column(PREDICTED), names), names)


def class_counts(labels: Labels, predicted: Labels, names: Sequence[str]) -> Counts:
    """Number of images by class and predicted class, [classes, classes]."""
    counts = np.zeros((len(names), len(names)), np.int64)
    known = labels >= 0
    np.add.at(counts, (labels[known], predicted[known]), 1)
    return counts


def classification(counts: Counts, names: Sequence[str]) -> Picture:
    """Number of images by class and predicted class, [classes, classes], as a matrix."""
    return Picture(
        name="classification",
        caption="Confusion matrix: test images by class (rows) and predicted class (columns, in the same order). The "
        "darker a cell, the larger its share of the class. Images off the diagonal are misclassified.",
        alt="A matrix of classes by predicted classes; the darker its diagonal, the better the classifier.",
        figure=matrix(counts, names, "Classes and predicted classes", "predicted class"),
    )


DRAWING = Drawing(draw, needs=(LABELS, A_CLASSIFIER), measures=(PREDICTED,))
