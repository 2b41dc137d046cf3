"""Toy data, and models after a step of training in each of their phases."""

from functools import cached_property

import keras
import numpy as np
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.objectives.cross_entropy import CrossEntropyObjective
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.terms import Elbo
from vaeflow.models.training.data import TrainingSet
from vaeflow.models.training.step import MAIN, Phase

SHAPE, CLASSES = (7, 5, 3), 3
DATA = DataSpec(image_shape=SHAPE, observation=Observation(binarise="dynamic", seed=1), num_classes=CLASSES)
SEED = tf.constant([3, 4])
LABELS = np.array([0, 1, 2, -1, 0, 1, 2, -1, 0, 1, 2, -1])


def labels() -> tf.Tensor:
    return tf.constant(np.maximum(LABELS, 0), tf.int32)


def trained(config: ModelConfig, data: TrainingSet) -> LatentVariableModel:
    keras.utils.set_random_seed(0)
    model = build(config, DATA)
    model.initialise(data)
    batch = (tf.constant(data.take(12).images), tf.constant(LABELS, tf.int32))
    for phase in (*model.phases(), Phase(MAIN, 1)):
        objective = ElboObjective() if config.generative else CrossEntropyObjective()
        model.compile(keras.optimizers.Adam(1e-3), objective, phase=phase.name)
        model.begin(phase.name, data)
        before = [np.array(weight) for weight in model.get_weights()]
        results = model.train_step(batch)
        assert np.isfinite([float(value) for value in results.values()]).all(), results
        assert not all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
        assert model.test_step(batch).keys() == results.keys()
    model.finish(data)
    return model


class Trained:
    """A trained model and what it makes of the images, each computed once."""

    def __init__(self, config: ModelConfig, data: TrainingSet):
        self.model = trained(config, data)
        self.images = data.take(12).images

    @cached_property
    def x(self) -> tf.Tensor:
        return self.model.observe(self.images)

    @cached_property
    def elbo(self) -> Elbo:
        return self.model.elbo(self.x, SEED, labels())

    @cached_property
    def log_weights(self) -> tf.Tensor:
        return self.model.log_weights(self.x, 3, SEED, labels())

    @cached_property
    def reconstructions(self) -> tf.Tensor:
        return self.model.reconstruct(self.x, labels())

    @cached_property
    def samples(self) -> tf.Tensor:
        return self.model.generate(4, SEED)
