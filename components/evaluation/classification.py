"""Classification: how often the model's own classifier is wrong, and how well few labels are learned from its codes."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from vaeflow.components.evaluation.encoding import Arrays
from vaeflow.components.evaluation.measures import embedding
from vaeflow.components.evaluation.metrics import Spread, over_seeds
from vaeflow.components.evaluation.probes import MAX_ITERATIONS, Embedded
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.images.examples import load_labels, stream_numbered
from vaeflow.components.training.labels import choose

Labels = NDArray[np.int64]


def percent_wrong(predicted: Labels, labels: Labels) -> NDArray[np.float64]:
    """100 for each image of a known class that was taken for another, else 0: the mean is the error in per cent."""
    known = labels >= 0
    return 100.0 * (predicted[known] != labels[known])


def few_label_errors(subject: Subject, test: Embedded, draws: int, batch_size: int) -> dict[str, Spread]:
    """Test error in per cent of a logistic regression and an RBF SVM on the codes of few labelled training images.

    As many are drawn as training knew labels, `draws` times: first those that training knew, then by the next seeds.
    Nothing where training knew all labels. Both classifiers have scikit-learn's defaults; codes are taken as they are.
    """
    data = subject.known_labels
    labels = load_labels(subject.examples, "train")
    if data.labels is None or labels is None:
        return {}
    seeds = range(data.label_seed, data.label_seed + draws)
    chosen = [choose(labels, tuple(subject.label_names), data.labels, seed) for seed in seeds]
    places = np.unique(np.concatenate(chosen))
    codes = embed_places(subject, places, batch_size)
    taught = [Embedded(codes[np.searchsorted(places, draw)], labels[draw]) for draw in chosen]
    taught = [train.first(test.mean.shape[1]) for train in taught]
    return over_seeds([errors(train, test.known()) for train in taught])


def embed_places(subject: Subject, places: NDArray[np.int64], batch_size: int) -> NDArray[np.float32]:
    """Codes [n, code] of the training images at these places, in the places' order, which is the file's."""
    wanted = np.zeros(places.max() + 1, bool)
    wanted[places] = True
    mask = tf.constant(wanted)
    images = stream_numbered(subject.examples, "train").take(len(wanted)).filter(lambda place, *_: mask[place])
    batches = images.batch(batch_size).enumerate()
    return np.concatenate([
        embedding(subject.network, pixels, labels, tf.cast(index, tf.int32))["mean"].numpy()
        for index, (_, pixels, labels) in batches
    ])  # fmt: skip


def errors(train: Embedded, test: Embedded) -> dict[str, float]:
    """Test error of both classifiers in per cent, by metric name."""
    fitted = {
        "logistic_error": LogisticRegression(max_iter=MAX_ITERATIONS).fit(train.mean, train.labels),
        "svm_error": SVC().fit(train.mean, train.labels),
    }
    return {name: float(percent_wrong(found.predict(test.mean), test.labels).mean()) for name, found in fitted.items()}


def predictions(measures: Arrays) -> Labels:
    """The class that the model's own classifier finds most probable, [n]."""
    found: Labels = measures["probabilities"].argmax(axis=1)
    return found


def class_counts(labels: Labels, predicted: Labels, names: Sequence[str]) -> NDArray[np.int64]:
    """Images by class and predicted class, [classes, classes]."""
    counts = np.zeros((len(names), len(names)), np.int64)
    known = labels >= 0
    np.add.at(counts, (labels[known], predicted[known]), 1)
    return counts
