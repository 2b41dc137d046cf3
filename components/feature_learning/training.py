"""Training of a feature network for a task."""

import keras
import numpy as np
from keras import layers

from vaeflow.components import progress
from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.components.feature_learning.network import convolutional_network
from vaeflow.components.feature_learning.record import Origin
from vaeflow.components.feature_learning.tasks import Task
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
    fit(classifier, task, config.epochs)
    right = accuracy(classifier, validation)
    origin = Origin(task=task.name, images=task.originals, epochs=config.epochs, seed=config.seed, accuracy=right)
    return network, origin


def fit(classifier: keras.Sequential, task: Task, epochs: int) -> None:
    """Fit logits of the answers to images uint8."""
    steps = epochs * -(-len(task.images) // BATCH_SIZE)
    classifier.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # on a CPU, convolutions compiled by XLA are far slower than TensorFlow's own
    )
    with progress.bar("Training the feature network, epochs", epochs) as advance:
        shown = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: advance(1))
        classifier.fit(task.images, task.answers, batch_size=BATCH_SIZE, epochs=epochs, callbacks=[shown], verbose=0)


def accuracy(classifier: keras.Model, task: Task) -> float | None:
    """The share of right answers; None if there are no images."""
    if not len(task.images):
        return None
    answers = classifier.predict(task.images, batch_size=BATCH_SIZE, verbose=0).argmax(axis=1)
    return float(np.mean(answers == task.answers))
