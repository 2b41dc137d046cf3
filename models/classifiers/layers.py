"""Classifiers of codes as Keras layers: codes [n, dim] → probabilities [n, classes]. scikit-learn fits the weights."""

from itertools import combinations

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.models.arrays import Codes, Labels
from vaeflow.models.classifiers.config import LogisticClassifier, SupportVectorClassifier
from vaeflow.models.errors import InputError

Weights = tuple[NDArray[np.float64], ...]

NEVER = -1e9
"""Logit of a class without labelled images."""
MAX_ITERATIONS = 10_000


class CodeClassifier(keras.layers.Layer):
    """Base class: `fit` sets the weights to those that `fitted` returns, in the order of `shapes`; until then 0."""

    def __init__(self, shapes: dict[str, tuple[int, ...]]):
        super().__init__(dtype="float32", autocast=False)
        self.fit_weights = [
            self.add_weight(shape=shape, initializer="zeros", trainable=False, name=name)
            for name, shape in shapes.items()
        ]

    def fit(self, codes: Codes, labels: Labels) -> None:
        """Fit to codes [n, dim] and labels [n]. Raises `InputError` if there are fewer than two classes."""
        if len(np.unique(labels)) < 2:
            raise InputError(
                "train.data.labels: expected labelled images of at least two classes, "
                f"got {len(np.unique(labels))} in {len(labels)} images"
            )
        for weight, value in zip(self.fit_weights, self.fitted(codes, labels), strict=True):
            weight.assign(value)

    def fitted(self, codes: Codes, labels: Labels) -> Weights:
        """The weights fitted to codes [n, dim] and labels [n]."""
        raise NotImplementedError


class LogisticLayer(CodeClassifier):
    """softmax(z W + b)."""

    def __init__(self, config: LogisticClassifier, dim: int, num_classes: int):
        super().__init__({"kernel": (dim, num_classes), "bias": (num_classes,)})
        self.config = config

    def call(self, z: tf.Tensor) -> tf.Tensor:
        kernel, bias = (weight.value for weight in self.fit_weights)
        return tf.nn.softmax(tf.matmul(z, kernel) + bias)

    def fitted(self, codes: Codes, labels: Labels) -> Weights:
        from sklearn.linear_model import LogisticRegression

        found = LogisticRegression(C=self.config.c, max_iter=MAX_ITERATIONS).fit(codes, labels)
        kernel, bias = (np.zeros(weight.shape) for weight in self.fit_weights)
        bias[:] = NEVER
        one = len(found.classes_) == 2  # scikit-learn then returns only the second class's logit
        kernel[:, found.classes_] = np.stack([0 * found.coef_[0], found.coef_[0]], -1) if one else found.coef_.T
        bias[found.classes_] = [0.0, found.intercept_[0]] if one else found.intercept_
        return kernel, bias


class SupportVectorLayer(CodeClassifier):
    """One-vs-one voting: the share of its duels that each class wins. The largest share is the SVM's prediction.

    The sign of Σ_s a_s exp(-γ |z - s|²) + b over the support vectors s decides a duel. Unused space for support
    vectors has a = 0. Ties go to the lower class number, as in scikit-learn (Chang & Lin 2011).
    """

    def __init__(self, config: SupportVectorClassifier, dim: int, num_classes: int):
        self.pairs = list(combinations(range(num_classes), 2))
        room = config.max_images
        super().__init__({
            "vectors": (room, dim),
            "coefficients": (room, len(self.pairs)),
            "intercepts": (len(self.pairs),),
            "votes": (2, len(self.pairs), num_classes),
            "gamma": (),
        })  # fmt: skip
        self.config = config

    def call(self, z: tf.Tensor) -> tf.Tensor:
        _, _, _, votes, _ = (weight.value for weight in self.fit_weights)
        first = tf.cast(self.duels(z) > 0, tf.float32)
        won = tf.matmul(first, votes[0]) + tf.matmul(1 - first, votes[1])
        return won / tf.maximum(tf.reduce_sum(won, axis=-1, keepdims=True), 1)

    def duels(self, z: tf.Tensor) -> tf.Tensor:
        """Decision values [n, pairs], positive where the first class of the pair wins."""
        vectors, coefficients, intercepts, _, gamma = (weight.value for weight in self.fit_weights)
        squared = tf.reduce_sum(z**2, -1, keepdims=True) - 2 * tf.matmul(z, vectors, transpose_b=True)
        squared += tf.reduce_sum(vectors**2, -1)
        return tf.matmul(tf.exp(-gamma * squared), coefficients) + intercepts

    def fitted(self, codes: Codes, labels: Labels) -> Weights:
        from sklearn.svm import SVC

        room = self.config.max_images
        if len(labels) > room:
            raise InputError(
                "train.model.classifier.max_images: must be at least the number of labelled images, "
                f"{len(labels)}, got {room}"
            )
        codes = codes.astype(np.float64)
        gamma = 1 / (codes.shape[1] * codes.var()) if self.config.gamma == "scale" else self.config.gamma
        found = SVC(C=self.config.c, gamma=gamma, decision_function_shape="ovo").fit(codes, labels)
        vectors, coefficients, intercepts, votes, _ = (np.zeros(weight.shape) for weight in self.fit_weights)
        vectors[: len(found.support_)] = found.support_vectors_
        sign = -1 if len(found.classes_) == 2 else 1  # scikit-learn flips the sign if there is only one duel
        owners = np.repeat(np.arange(len(found.classes_)), found.n_support_)
        for duel, (i, j) in enumerate(combinations(range(len(found.classes_)), 2)):
            pair = self.pairs.index((int(found.classes_[i]), int(found.classes_[j])))
            in_duel = np.where(owners == i, found.dual_coef_[j - 1], np.where(owners == j, found.dual_coef_[i], 0))
            coefficients[: len(owners), pair] = sign * in_duel
            intercepts[pair] = sign * found.intercept_[duel]
            votes[[0, 1], pair, list(self.pairs[pair])] = 1
        return vectors, coefficients, intercepts, votes, np.array(gamma)


def require_classes(model: str, num_classes: int) -> None:
    """Check that a model that learns from labels gets some. Raises `InputError` if there are fewer than two classes."""
    if num_classes < 2:
        raise InputError(f"train.model.name: {model} expects labels of at least two classes, got {num_classes}")
