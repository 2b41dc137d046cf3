"""The supervised classifier: plain Keras' cross-entropy of the labelled images, and the classifier of M2."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.training.config import TrainConfig
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.family.classifier.config import ClassifierConfig
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.objectives.cross_entropy import CrossEntropyObjective, cross_entropy
from vaeflow.models.training.data import Batch

SHAPE, CLASSES = (4, 4, 1), 3
DATA = DataSpec(image_shape=SHAPE, num_classes=CLASSES)
NETWORK = {"name": "dense", "hidden": (16, 8)}
LABELS = tf.constant([0, 1, 2, -1, -1, 1, 0, -1], tf.int32)
IMAGES = tf.random.stateless_uniform([8, *SHAPE], [1, 2], 0, 256, tf.int32)
X = tf.cast(IMAGES, tf.float32) / 255
KNOWN = LABELS.numpy() >= 0


def test_loss_and_gradients_are_those_of_plain_keras_on_the_labelled_images():
    model = build(ClassifierConfig(network=NETWORK), DATA)
    layers = [keras.layers.Flatten(), *[keras.layers.Dense(n, "relu") for n in (16, 8)], keras.layers.Dense(CLASSES)]
    plain = keras.Sequential([keras.Input(SHAPE), *layers])
    plain.set_weights([weight.numpy() for weight in model.trainable_variables])
    with tf.GradientTape() as tape:
        losses = CrossEntropyObjective().losses(model, Batch(X, LABELS), tf.constant(0), tf.zeros(2, tf.int32))
        ours = losses.by_group["model"]
    gradients = tape.gradient(ours, model.trainable_variables)
    with tf.GradientTape() as tape:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        theirs = loss(LABELS[KNOWN], plain(X[KNOWN]))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    for one, other in zip(gradients, tape.gradient(theirs, plain.trainable_variables), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    assert np.mean(losses.objective) == pytest.approx(-float(theirs), rel=1e-5)


def test_without_any_label_there_is_no_loss():
    assert not cross_entropy(tf.random.stateless_normal([8, CLASSES], [1, 2]), tf.fill([8], -1)).numpy().any()


@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_it_is_as_large_as_the_classifier_of_m2(normalisation: str):
    network = {**NETWORK, "normalisation": normalisation}
    ours, m2 = build(ClassifierConfig(network=network), DATA), build(M2Config(latent_dim=2, network=network), DATA)
    its = [*m2.classifier.weights, *m2.class_logits.weights]
    assert [weight.shape for weight in ours.weights] == [weight.shape for weight in its]


def test_its_codes_are_what_its_last_layer_sees():
    model = build(ClassifierConfig(network=NETWORK), DATA)
    assert model.code_dim == 8
    np.testing.assert_allclose(tf.nn.softmax(model.head(model.embed(X))), model.classify(X), rtol=1e-5)
    assert not model.posterior(X).stddev().numpy().any()


def test_images_without_classes_are_refused():
    with pytest.raises(
        InputError, match=r"train\.model\.name: classifier expects labels of at least two classes, got 0"
    ):
        build(ClassifierConfig(), DataSpec(image_shape=SHAPE))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "objective elbo is not for classifier: it is a model of classes, .*; expected cross_entropy"),
        (
            {"objective": {"name": "cross_entropy"}, "model": {"name": "vae"}},
            "objective cross_entropy is not for vae: ",
        ),
        (
            {"objective": {"name": "cross_entropy"}, "data": {"labelled_per_batch": 5}},
            r"data\.labelled_per_batch: leave it out, because classifier is trained on labelled images alone",
        ),
    ],
)
def test_settings_that_mean_nothing_are_refused(fields: dict, message: str):
    with pytest.raises(ValueError, match=message):
        TrainConfig.model_validate({"model": {"name": "classifier"}, **fields})
