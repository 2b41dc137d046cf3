"""Classifiers trained on real images, on generated ones, and on both, with equal effort."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.training.labelled import shuffle_and_repeat
from vaeflow.models.arrays import Pixels
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.classifier.config import ClassifierConfig
from vaeflow.models.networks.config import Network
from vaeflow.models.objectives.cross_entropy import CrossEntropyObjective
from vaeflow.models.observation import LEVELS
from vaeflow.models.training.data import Labelled

BATCH_SIZE = 100
LEARNING_RATE = 1e-3
"""At the beginning; it falls to 0 along a cosine."""
CHUNK = 20
"""Steps in one program: starting a program takes longer than a step of a small network."""

Generator = Callable[[int], Labelled]
"""Generated images and their classes, as a function of the seed."""


class Right(NamedTuple):
    """Whether each test image is classified right [n], by classifiers of real images, of both kinds, of generated."""

    real: NDArray[np.bool_]
    both: NDArray[np.bool_]
    generated: NDArray[np.bool_]


class Learner:
    """A classifier that is trained from the same initial weights on one set of images after another."""

    def __init__(self, network: Network, data: DataSpec, *, steps: int, seed: int):
        keras.utils.set_random_seed(seed)
        self.model = build(ClassifierConfig(network=network), data)
        self.steps = steps
        self.seed = seed
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
        self.model.compile(keras.optimizers.Adam(rate), CrossEntropyObjective(), seed=seed)
        self._train = tf.function(self.model.train_step, autograph=False)
        self._variables = [*self.model.variables, *self.model.optimizer.variables]
        self._initial = [variable.numpy() for variable in self._variables]

    def right(self, *sets: Labelled, test: Labelled) -> NDArray[np.bool_]:
        """Train anew on batches of equal parts of the sets, and classify the test images: [n].

        The classes of training images are drawn in passes over each set.
        """
        for variable, value in zip(self._variables, self._initial, strict=True):
            variable.assign(value)
        self.model.initialise(_Given(sets, self.seed))
        for batches in self._chunks(sets):
            self._train(batches)
        return np.asarray(classified(self.model, test.images) == test.labels)

    def _chunks(self, sets: tuple[Labelled, ...]) -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
        """Images [steps, batch, h, w, c] and labels [steps, batch] of a few steps at a time."""
        share = BATCH_SIZE // len(sets)
        orders = [_order(self.steps * share, len(each.labels), self.seed).reshape(-1, share) for each in sets]
        for start in range(0, self.steps, CHUNK):
            rows = [order[start : start + CHUNK] for order in orders]
            images = [each.images[row] for each, row in zip(sets, rows, strict=True)]
            labels = [each.labels[row] for each, row in zip(sets, rows, strict=True)]
            yield tf.constant(np.concatenate(images, 1)), tf.constant(np.concatenate(labels, 1), tf.int32)


@dataclass
class _Given:
    """Sets of images as a training set, in which each weighs as much as in the batches; see `TrainingSet`."""

    sets: tuple[Labelled, ...]
    seed: int

    @property
    def mean_image(self) -> NDArray[np.float32]:
        means = np.stack([each.images.mean(axis=0, dtype=np.float64) for each in self.sets])
        return np.asarray(means.mean(axis=0) / LEVELS, np.float32)

    def take(self, limit: int) -> Labelled:
        images, labels = self.labelled()
        return Labelled(images[:limit], labels[:limit])

    def labelled(self) -> Labelled:
        return Labelled(*(np.concatenate(parts) for parts in zip(*self.sets, strict=True)))


def _order(length: int, count: int, seed: int) -> NDArray[np.int32]:
    order: NDArray[np.int32] = shuffle_and_repeat(tf.constant(0, tf.int64), length, count, seed).numpy()
    return order


def classified(model: LatentVariableModel, images: Pixels) -> NDArray[np.int64]:
    """The most probable class of each image, [n]."""
    return np.asarray(model.classify(images).numpy().argmax(axis=1))


def trained_on_each(
    network: Network, data: DataSpec, real: Labelled, generator: Generator, test: Labelled, *, steps: int, seed: int
) -> Right:
    """Train a classifier with `network` on each kind of images, all for `steps` steps, and test them.

    They start from the same weights and end with their last step: nothing is chosen, least of all on test images.
    """
    learner, generated = Learner(network, data, steps=steps, seed=seed), generator(seed)
    return Right(
        learner.right(real, test=test),
        learner.right(real, generated, test=test),
        learner.right(generated, test=test),
    )
