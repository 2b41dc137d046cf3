import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.terms import Elbo

SHAPE = (4, 3, 1)
CONFIG = VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(8,)))


def images(count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, *SHAPE), dtype=np.uint8)


def batches() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((images(20), np.full(20, -1, np.int32))).batch(5)


def compiled(seed: int = 0, **kwargs) -> LatentVariableModel:
    keras.utils.set_random_seed(7)
    model = build(CONFIG, DataSpec(image_shape=SHAPE, observation=Observation(binarise="dynamic")))
    model.compile(keras.optimizers.Adam(0.01), ElboObjective(), seed=seed, **kwargs)
    return model


def test_a_step_follows_the_gradient_of_the_mean_elbo():
    model = compiled()
    model.compile(keras.optimizers.SGD(0.1), ElboObjective())
    before = [np.array(weight) for weight in model.trainable_variables]
    batch = tf.constant(images(5))
    first, second = model._seeds(tf.constant(0))
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(model.elbo(model.observe(batch, first), second).total)
    expected = [
        weight - 0.1 * gradient
        for weight, gradient in zip(before, tape.gradient(loss, model.trainable_variables), strict=True)
    ]
    model.train_step((batch, tf.fill([5], -1)))
    for weight, value in zip(model.trainable_variables, expected, strict=True):
        np.testing.assert_allclose(weight, value, atol=1e-6)


def test_training_raises_the_bound_on_what_it_is_trained_on():
    """From log 2 a pixel towards the binary entropy of 0.1, which is known once a code tells dark from bright."""
    dark_and_bright = np.resize(np.uint8([[25], [230]]), (20, 1, 1, 1)) * np.ones(SHAPE, np.uint8)
    data = (
        tf.data.Dataset.from_tensor_slices((dark_and_bright, np.full(20, -1, np.int32))).repeat(10).batch(5).batch(40)
    )
    elbo = compiled().fit(data, epochs=8, shuffle=False, verbose=0).history["elbo"]
    assert elbo[0] < -8 < -6 < elbo[-1]


COMPILED = pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.full)])
"""Compiling with XLA takes ten times as long as the training."""


@COMPILED
def test_training_repeats_itself_and_depends_on_the_seed(jit_compile: bool):
    weights = []
    for seed in (0, 0, 1):
        model = compiled(seed, jit_compile=jit_compile)
        model.fit(batches(), shuffle=False, verbose=0)
        weights.append(np.concatenate([weight.ravel() for weight in model.get_weights()]))
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


@COMPILED
def test_steps_taken_at_once_are_the_steps_taken_one_by_one(jit_compile: bool):
    one, several = (compiled(jit_compile=jit_compile) for _ in range(2))
    histories = [
        model.fit(data, epochs=2, shuffle=False, verbose=0).history
        for model, data in ((one, batches()), (several, batches().batch(3)))
    ]
    np.testing.assert_allclose(histories[0]["elbo"], histories[1]["elbo"], rtol=1e-5)
    assert one.optimizer.iterations.numpy() == several.optimizer.iterations.numpy() == 8


def test_validation_measures_with_the_same_noise_in_every_epoch():
    model = compiled()
    first, second = (model.evaluate(batches(), verbose=0, return_dict=True) for _ in range(2))
    assert first == second


class Breaking(LatentVariableModel):
    """Its KL becomes NaN from the third step on."""

    def __init__(self):
        super().__init__(CONFIG, DataSpec(image_shape=SHAPE))
        self.weight = self.add_weight(shape=(), initializer="ones")
        self.built = True

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        kl = self.weight * tf.ones([tf.shape(x)[0], 1])
        broken = self.optimizer.iterations.value >= 2
        return Elbo(tf.zeros_like(kl[:, 0]), tf.where(broken, float("nan"), kl))


def test_the_first_step_that_is_not_finite_is_named_with_its_term():
    model = Breaking()
    model.compile(keras.optimizers.SGD(0.1), ElboObjective())
    history = model.fit(batches().batch(4), shuffle=False, verbose=0).history
    assert history["first_nonfinite_kl"] == [3]
    assert history["first_nonfinite_log_likelihood"] == [0]
