"""Classes and what the model takes the images for."""

from collections.abc import Sequence

import numpy as np

from vaeflow.components.evaluation.figures.drawing import Drawing, Picture
from vaeflow.components.evaluation.figures.matrix import Counts, matrix
from vaeflow.components.evaluation.metrics.classification import PREDICTED
from vaeflow.components.evaluation.needs import A_CLASSIFIER, LABELS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Labels


def draw(study: Study) -> Picture:
    """Over all test images whose class is known."""
    rows, names = study.measured.rows, study.subject.label_names
    return classification(class_counts(rows.column("label"), rows.column(PREDICTED), names), names)


def class_counts(labels: Labels, predicted: Labels, names: Sequence[str]) -> Counts:
    """Images by class and predicted class, [classes, classes]."""
    counts = np.zeros((len(names), len(names)), np.int64)
    known = labels >= 0
    np.add.at(counts, (labels[known], predicted[known]), 1)
    return counts


def classification(counts: Counts, names: Sequence[str]) -> Picture:
    """Images by class and by the class that the model's own classifier takes them for, [classes, classes]."""
    return Picture(
        name="classification",
        caption="Test images of each class (rows) by the class that the model takes them for (columns, in the same "
        "order); a darker cell holds more of its class. What lies beside the diagonal is wrong.",
        alt="A matrix of classes by predicted classes; the darker its diagonal, the better the classifier.",
        figure=matrix(counts, names, "Classes and what the model takes them for", "predicted class"),
    )


DRAWING = Drawing(draw, needs=(LABELS, A_CLASSIFIER))
