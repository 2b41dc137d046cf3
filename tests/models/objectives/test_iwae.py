"""The importance-weighted bound against its definition, and its two gradients against each other."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.config import IwaeConfig, Length, LinearWarmUp
from vaeflow.models.objectives.iwae import IwaeObjective, log_mean_exp
from vaeflow.models.training.data import Batch

SEED, STEP = tf.constant([1, 2]), tf.constant(0)
SHAPE = (3, 2, 1)
X = tf.constant(np.random.default_rng(0).integers(0, 2, (4, *SHAPE)), tf.float32)
BATCH = Batch(X, tf.fill([4], -1))


def toy_model(**parts: object) -> LatentVariableModel:
    keras.utils.set_random_seed(3)
    config = VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(5,), activation="tanh"), **parts)
    model = build(config, DataSpec(image_shape=SHAPE))
    random = np.random.default_rng(3)
    for weight in model.trainable_variables:  # some are 0 before training
        weight.assign(2 * weight + random.normal(0, 0.2, weight.shape))
    return model


def objective(samples: int, *, doubly: bool = False, warm_up: Length | None = None) -> IwaeObjective:
    return IwaeObjective(IwaeConfig(samples=samples, doubly_reparameterised=doubly, warm_up=warm_up))


def gradients(
    model: LatentVariableModel, of: IwaeObjective, repetitions: int, step: tf.Tensor = STEP
) -> list[np.ndarray]:
    """For each weight, [repetitions, size]."""

    def once(seed: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = of.losses(model, BATCH, step, tf.stack([7, seed])).by_group["model"]
        return [tf.reshape(gradient, [-1]) for gradient in tape.gradient(loss, model.trainable_variables)]

    def all_at_once() -> list[tf.Tensor]:
        types = [tf.float32] * len(model.trainable_variables)
        return tf.map_fn(once, tf.range(repetitions), fn_output_signature=types)

    return [draws.numpy().astype(np.float64) for draws in tf.function(all_at_once)()]


@pytest.mark.parametrize("doubly", [False, True])
def test_with_one_sample_it_is_the_monte_carlo_elbo(doubly: bool):
    model = toy_model()
    losses = objective(1, doubly=doubly).losses(model, BATCH, STEP, SEED)
    np.testing.assert_allclose(losses.objective, model.log_weights(X, 1, SEED)[0], rtol=1e-5)
    np.testing.assert_allclose(losses.objective, losses.terms["elbo"], rtol=1e-5)


@pytest.mark.parametrize("doubly", [False, True])
def test_with_more_it_is_the_log_of_the_mean_weight_and_its_terms_are_means(doubly: bool):
    model = toy_model()
    losses = objective(6, doubly=doubly).losses(model, BATCH, STEP, SEED)
    sample = model.joint_sample(X, 6, SEED)
    weights = sample.log_weights.numpy().astype(np.float64)
    np.testing.assert_allclose(losses.objective, np.log(np.exp(weights).mean(axis=0)), rtol=1e-5)
    np.testing.assert_allclose(losses.terms["elbo"], weights.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(losses.terms["log_likelihood"], sample.log_likelihood.numpy().mean(axis=0), rtol=1e-5)
    kl = (sample.log_posterior - sample.log_prior).numpy().mean(axis=0)
    np.testing.assert_allclose(losses.terms["kl"], kl, atol=1e-5)
    assert (losses.objective > losses.terms["elbo"]).numpy().all()


@pytest.mark.parametrize("doubly", [False, True])
def test_a_warm_up_weighs_prior_and_posterior_and_no_term_that_is_shown(doubly: bool):
    model, warming = toy_model(), objective(6, doubly=doubly, warm_up=LinearWarmUp(steps=4))
    sample = model.joint_sample(X, 6, SEED)
    ratio = (sample.log_prior - sample.log_posterior).numpy().astype(np.float64)
    for step, beta in ((0, 0.0), (1, 0.25), (4, 1.0), (9, 1.0)):
        losses = warming.losses(model, BATCH, tf.constant(step), SEED)
        expected = np.log(np.exp(sample.log_likelihood.numpy() + beta * ratio).mean(axis=0))
        np.testing.assert_allclose(losses.objective, expected, rtol=1e-5)
        np.testing.assert_allclose(losses.terms["elbo"], sample.log_weights.numpy().mean(axis=0), rtol=1e-5)


def test_weights_far_below_what_a_float_can_hold_are_averaged():
    np.testing.assert_allclose(log_mean_exp(tf.constant([[-1000.0], [-1000.0 + math.log(3)]])), [-1000 + math.log(2)])


@pytest.mark.parametrize(
    "parts",
    [
        {"prior": {"name": "vamp", "components": 3}},
        *(pytest.param(parts, marks=pytest.mark.full) for parts in ({}, {"posterior": {"name": "full_covariance"}})),
    ],
    ids=str,
)
def test_the_doubly_reparameterised_gradient_has_the_same_mean(parts: dict):
    assert_same_mean_gradients(toy_model(**parts), STEP)


@pytest.mark.full
def test_in_the_middle_of_a_warm_up_the_gradients_have_the_same_mean_too():
    assert_same_mean_gradients(toy_model(), tf.constant(2), warm_up=LinearWarmUp(steps=5))


def assert_same_mean_gradients(model: LatentVariableModel, step: tf.Tensor, warm_up: Length | None = None) -> None:
    """For encoder, decoder and prior, the largest deviation stays below 5 standard errors."""
    repetitions = 600
    one, other = (
        gradients(model, objective(5, doubly=doubly, warm_up=warm_up), repetitions, step) for doubly in (False, True)
    )
    for plain, doubly in zip(one, other, strict=True):
        error = np.sqrt((plain.var(axis=0) + doubly.var(axis=0)) / repetitions)
        assert (np.abs(plain.mean(axis=0) - doubly.mean(axis=0)) < 5 * error + 1e-5).all()
        assert (np.abs(plain.mean(axis=0)) > 5 * error).any()
