"""Classifiers of codes as layers, against the scikit-learn classifiers that they are made from."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from vaeflow.models.classifiers.building import build_classifier
from vaeflow.models.classifiers.config import LogisticClassifier, SupportVectorClassifier
from vaeflow.models.classifiers.layers import CodeClassifier, SupportVectorLayer
from vaeflow.models.errors import InputError

DIM = 3
CONFIGS = [LogisticClassifier(c=3.0), SupportVectorClassifier(c=2.0, max_images=80)]
CLASSES = [(0, 1, 2, 3), (0, 1), (1, 3), (0, 2, 3)]
"""The classes, of four, that have labelled images."""


def clouds(classes: tuple[int, ...], n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping clouds of codes [n, dim], one per class."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(classes, n)
    centres = np.random.default_rng(0).normal(size=(4, DIM))
    return (centres[labels] + 0.7 * rng.normal(size=(n, DIM))).astype(np.float32), labels


@pytest.mark.parametrize("classes", CLASSES, ids=str)
def test_logistic_regression_gives_scikit_learn_s_probabilities(classes: tuple[int, ...]):
    codes, labels = clouds(classes, 60, seed=1)
    layer = build_classifier(CONFIGS[0], DIM, 4)
    layer.fit(codes, labels)
    unseen, _ = clouds(classes, 200, seed=2)
    oracle = LogisticRegression(C=3.0, max_iter=10_000).fit(codes, labels)
    expected = np.zeros((200, 4))
    expected[:, oracle.classes_] = oracle.predict_proba(unseen)
    np.testing.assert_allclose(layer(unseen), expected, atol=1e-5)


@pytest.mark.parametrize("gamma", ["scale", 0.7])
@pytest.mark.parametrize("classes", CLASSES, ids=str)
def test_the_svm_gives_scikit_learn_s_decisions_and_predictions(classes: tuple[int, ...], gamma: str | float):
    codes, labels = clouds(classes, 60, seed=1)
    layer = build_classifier(SupportVectorClassifier(c=2.0, gamma=gamma, max_images=80), DIM, 4)
    assert isinstance(layer, SupportVectorLayer)
    layer.fit(codes, labels)
    unseen, _ = clouds(classes, 500, seed=2)
    oracle = SVC(C=2.0, gamma=gamma, decision_function_shape="ovo").fit(codes, labels)
    held = [layer.pairs.index((a, b)) for i, a in enumerate(classes) for b in classes[i + 1 :]]
    decisions = np.array(layer.duels(unseen))[:, held]
    expected = oracle.decision_function(unseen).reshape(500, -1)
    np.testing.assert_allclose(decisions, -expected if len(classes) == 2 else expected, atol=1e-4)
    shares = layer(unseen).numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
    near = (np.abs(expected) < 1e-4).any(axis=1)  # two machines may differ on a decision that is no decision
    np.testing.assert_array_equal(shares.argmax(axis=1)[~near], oracle.predict(unseen)[~near])


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_it_learns_what_can_be_learned(config: LogisticClassifier | SupportVectorClassifier):
    codes, labels = clouds((0, 1, 2, 3), 80, seed=3)
    layer: CodeClassifier = build_classifier(config, DIM, 4)
    layer.fit(codes, labels)
    unseen, truth = clouds((0, 1, 2, 3), 400, seed=4)
    assert (layer(unseen).numpy().argmax(axis=1) == truth).mean() > 0.6


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
@pytest.mark.parametrize(("labels", "got"), [([], "got 0 in 0 images"), ([2, 2, 2], "got 1 in 3 images")])
def test_fewer_than_two_classes_are_refused(config: LogisticClassifier, labels: list[int], got: str):
    layer = build_classifier(config, DIM, 4)
    with pytest.raises(InputError, match=f"at least two classes, {got}"):
        layer.fit(np.zeros((len(labels), DIM), np.float32), np.array(labels, np.int64))


def test_more_labelled_images_than_max_images_are_refused():
    layer = build_classifier(SupportVectorClassifier(max_images=10), DIM, 4)
    with pytest.raises(InputError, match=r"classifier\.max_images: must be at least .* labelled images, 11, got 10"):
        layer.fit(*clouds((0, 1), 11, seed=0))
