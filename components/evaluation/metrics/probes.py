"""Probes: accuracies of simple classifiers of the posterior means."""

import math
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.conditions import NEIGHBOURS, PROBE_IMAGES, TRAINING_IMAGES
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.spread import Spread, over_images

if TYPE_CHECKING:
    from vaeflow.components.evaluation.embedded import Embedded
    from vaeflow.components.evaluation.study import Study

MAX_ITERATIONS = 2_000

FITTED = (TRAINING_IMAGES, PROBE_IMAGES)
KNN_ACCURACY = Metric(
    "knn_accuracy",
    "Nearest-neighbour accuracy",
    "on the posterior means",
    needs=(LABELS,),
    costly=True,
    better="higher",
    headline=True,
    depends_on=(*FITTED, NEIGHBOURS),
)
LINEAR_PROBE_ACCURACY = Metric(
    "linear_probe_accuracy",
    "Linear-probe accuracy",
    "on the posterior means",
    needs=(LABELS,),
    costly=True,
    better="higher",
    depends_on=FITTED,
)


def compute(study: "Study") -> dict[str, Spread]:
    """Test accuracies of classifiers fitted to training images."""
    from vaeflow.components.evaluation.embedded import labelled_sample, labelled_training_images

    test = labelled_sample(study)
    return probe(study.once(labelled_training_images).first(test.mean.shape[1]), test, study.settings.neighbours)


def note(study: "Study") -> str:
    """The settings of the classifiers, and the number of images that they are fitted to."""
    from vaeflow.components.evaluation.embedded import labelled_training_images

    return (
        f"The nearest-neighbour classifier, with {study.settings.neighbours} neighbours, and the linear probe, with "
        f"standardised features, are fitted to {len(study.once(labelled_training_images).labels)} labelled training "
        "images. Their ± is the standard deviation over bootstrap samples of the test images, each with its prediction."
    )


def probe(train: "Embedded", test: "Embedded", neighbours: int) -> dict[str, Spread]:
    """Test accuracies of both classifiers, by metric name; NaN if no training image or no test image has a label."""
    train, test = train.known(), test.known()
    if min(len(train.labels), len(test.labels)) == 0:
        return dict.fromkeys((KNN_ACCURACY.name, LINEAR_PROBE_ACCURACY.name), Spread(math.nan, math.nan))
    return {
        KNN_ACCURACY.name: knn_accuracy(train, test, neighbours),
        LINEAR_PROBE_ACCURACY.name: linear_probe_accuracy(train, test),
    }


def knn_accuracy(train: "Embedded", test: "Embedded", neighbours: int) -> Spread:
    """Accuracy of a majority vote of the nearest training images, by Euclidean distance, or of all if fewer."""
    from sklearn.neighbors import KNeighborsClassifier

    classifier = KNeighborsClassifier(min(neighbours, len(train.labels)))
    return over_images(classifier.fit(train.mean, train.labels).predict(test.mean) == test.labels)


def linear_probe_accuracy(train: "Embedded", test: "Embedded") -> Spread:
    """Accuracy of a logistic regression on features standardised over the training images. Alain & Bengio 2017."""
    import numpy as np
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if len(np.unique(train.labels)) == 1:  # logistic regression needs two classes
        classifier = DummyClassifier()
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MAX_ITERATIONS))
    return over_images(classifier.fit(train.mean, train.labels).predict(test.mean) == test.labels)


FAMILY = Family((KNN_ACCURACY, LINEAR_PROBE_ACCURACY), compute=compute, note=note)
