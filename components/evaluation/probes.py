"""Probes: how well do simple classifiers on the posterior means tell the classes?"""

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typing import NamedTuple

MAX_ITERATIONS = 2_000


class Embedded(NamedTuple):
    """Images as a classifier sees them: posterior means [n, latent] and class labels [n]."""

    mean: NDArray[np.float32]
    labels: NDArray[np.int64]


def knn_accuracy(train: Embedded, test: Embedded, neighbours: int) -> float:
    """Test accuracy of the vote of the nearest training images (at most all of them), by Euclidean distance."""
    classifier = KNeighborsClassifier(min(neighbours, len(train.mean)))
    return float(classifier.fit(train.mean, train.labels).score(test.mean, test.labels))


def linear_probe_accuracy(train: Embedded, test: Embedded) -> float:
    """Test accuracy of a logistic regression on features standardised by the training images. Alain & Bengio 2017."""
    if len(np.unique(train.labels)) == 1:  # nothing to regress on: the one class is the answer
        classifier = DummyClassifier()
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MAX_ITERATIONS))
    return float(classifier.fit(train.mean, train.labels).score(test.mean, test.labels))
