"""Probes: how well do simple classifiers on the posterior means tell the classes?"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

MAX_ITERATIONS = 2_000


class Embedded(NamedTuple):
    """Images as a classifier sees them: posterior means [n, latent] and class labels [n], -1 where unknown."""

    mean: NDArray[np.float32]
    labels: NDArray[np.int64]

    def known(self) -> "Embedded":
        """Only the images whose class is known."""
        return Embedded(self.mean[self.labels >= 0], self.labels[self.labels >= 0])

    def first(self, dims: int) -> "Embedded":
        """Only the first dimensions of the posterior means."""
        return Embedded(self.mean[:, :dims], self.labels)


def probe(train: Embedded, test: Embedded, neighbours: int) -> dict[str, float]:
    """Test accuracy of both classifiers by metric name; NaN when no training image has a label."""
    train, test = train.known(), test.known()
    if len(train.labels) == 0:
        return {"knn_accuracy": math.nan, "linear_probe_accuracy": math.nan}
    return {
        "knn_accuracy": knn_accuracy(train, test, neighbours),
        "linear_probe_accuracy": linear_probe_accuracy(train, test),
    }


def knn_accuracy(train: Embedded, test: Embedded, neighbours: int) -> float:
    """Accuracy of the vote of the nearest training images, or of all where they are fewer; Euclidean distance."""
    classifier = KNeighborsClassifier(min(neighbours, len(train.labels)))
    return float(classifier.fit(train.mean, train.labels).score(test.mean, test.labels))


def linear_probe_accuracy(train: Embedded, test: Embedded) -> float:
    """Accuracy of a logistic regression on features standardised by the training images. Alain & Bengio 2017."""
    if len(np.unique(train.labels)) == 1:  # nothing to regress on: the one class is the answer
        classifier = DummyClassifier()
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MAX_ITERATIONS))
    return float(classifier.fit(train.mean, train.labels).score(test.mean, test.labels))
