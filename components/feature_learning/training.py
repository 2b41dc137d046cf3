"""Training of a feature network for a task."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from vaeflow.components import progress
from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.components.feature_learning.network import convolutional_network
from vaeflow.components.feature_learning.record import Origin
from vaeflow.components.feature_learning.tasks import Task
from vaeflow.components.images.untuned import untuned
from vaeflow.models.observation import LEVELS

BATCH_SIZE = 50
LEARNING_RATE = 3e-3
"""At the beginning; it falls to 0 along a cosine."""


def train(config: FeaturesConfig, task: Task, validation: Task) -> tuple[keras.Sequential, Origin]:
    """Train a network, and return it without its last layer: a function of the task and the seed.

    The validation task selects nothing.
    """
    keras.utils.set_random_seed(config.seed)
    network = convolutional_network(task.images.shape[1:])
    classifier = keras.Sequential([layers.Rescaling(1 / LEVELS), network, layers.Dense(int(task.answers.max()) + 1)])
    fit(classifier, task, config.epochs, config.seed)
    right = accuracy(classifier, validation)
    origin = Origin(task=task.name, images=task.originals, epochs=config.epochs, seed=config.seed, accuracy=right)
    return network, origin


def fit(classifier: keras.Sequential, task: Task, epochs: int, seed: int) -> None:
    """Fit logits of the answers to images uint8."""
    steps = -(-len(task.images) // BATCH_SIZE)
    classifier.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, epochs * steps)),
        cross_entropy,
        jit_compile=False,  # on a CPU, convolutions compiled by XLA are far slower than TensorFlow's own
    )
    with progress.bar("Training the feature network, epochs", epochs) as advance:
        shown = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: advance(1))
        batches = shuffled(task, epochs, seed)
        classifier.fit(batches, steps_per_epoch=steps, epochs=epochs, shuffle=False, callbacks=[shown], verbose=0)


def cross_entropy(answers: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """-log softmax(logits)[answer], [batch].

    TensorFlow's own rounds differently once a step of this process has asked for determinism.
    """
    return -tf.reduce_sum(tf.one_hot(tf.cast(answers, tf.int32), logits.shape[-1]) * tf.nn.log_softmax(logits), axis=-1)


def shuffled(task: Task, epochs: int, seed: int) -> tf.data.Dataset:
    """Batches of all epochs, each in an order of its own, that depends on the seed alone.

    TensorFlow's own shuffling gives another order once a step of this process has asked for determinism.
    """
    random = np.random.default_rng(seed)
    orders = tf.constant([random.permutation(len(task.images)) for _ in range(epochs)])
    images, answers = tf.constant(task.images), tf.constant(task.answers)
    return untuned(
        tf.data.Dataset.from_tensor_slices(orders)
        .flat_map(lambda order: tf.data.Dataset.from_tensor_slices(order).batch(BATCH_SIZE))
        .map(lambda chosen: (tf.gather(images, chosen), tf.gather(answers, chosen)))
    )


def accuracy(classifier: keras.Model, task: Task) -> float | None:
    """The share of right answers; None if there are no images."""
    if not len(task.images):
        return None
    answers = classifier.predict(task.images, batch_size=BATCH_SIZE, verbose=0).argmax(axis=1)
    return float(np.mean(answers == task.answers))
