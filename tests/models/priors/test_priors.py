"""Mixtures of normals against brute force, and the VampPrior against the posteriors that it is made of."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.family.vae.model import VAE
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.priors.layers import MIN_STDDEV, Mixture, Vamp
from vaeflow.models.priors.mixture import NormalMixture, sample_at_temperature

COMPONENTS, DIM = 4, 3
SHAPE = (4, 3, 1)
RANDOM = np.random.default_rng(0)
SEED = tf.constant([1, 2])
LOG_WEIGHTS = np.log([0.1, 0.2, 0.3, 0.4]).astype(np.float32)
LOC = RANDOM.normal(2, 3, (COMPONENTS, DIM)).astype(np.float32)
STDDEV = RANDOM.uniform(0.05, 2, (COMPONENTS, DIM)).astype(np.float32)
FACTORS = np.tril(RANDOM.normal(size=(COMPONENTS, DIM, DIM)), -1).astype(np.float32) + np.eye(DIM) * STDDEV[:, None]


def mixture(scale: np.ndarray) -> NormalMixture:
    return NormalMixture(*(tf.constant(value, tf.float32) for value in (LOG_WEIGHTS, LOC, scale)))


def brute_force(z: np.ndarray, scale: np.ndarray) -> np.ndarray:
    factors = scale if scale.ndim == 3 else np.stack([np.diag(row) for row in scale])
    normals = [scipy.stats.multivariate_normal(m, f @ f.T) for m, f in zip(LOC, factors, strict=True)]
    return np.stack([w + normal.logpdf(z) for w, normal in zip(LOG_WEIGHTS, normals, strict=True)], axis=-1)


@pytest.mark.parametrize("scale", [STDDEV, FACTORS], ids=["diagonal", "full"])
def test_density_is_that_of_every_component_added_up(scale: np.ndarray):
    z = RANDOM.normal(2, 3, (2, 5, DIM)).astype(np.float32)
    expected = brute_force(z, scale)
    np.testing.assert_allclose(mixture(scale).joint_log_probs(z), expected, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(mixture(scale).log_prob(z), scipy.special.logsumexp(expected, axis=-1), rtol=1e-4)


@pytest.mark.parametrize("scale", [STDDEV, FACTORS], ids=["diagonal", "full"])
def test_samples_have_the_weights_and_moments_of_the_components(scale: np.ndarray):
    z = mixture(scale).sample(40_000, seed=SEED).numpy()
    weights = np.exp(LOG_WEIGHTS)
    covariances = scale @ scale.transpose(0, 2, 1) if scale.ndim == 3 else np.stack([np.diag(row**2) for row in scale])
    mean = weights @ LOC
    spread = covariances + np.einsum("ki,kj->kij", LOC - mean, LOC - mean)
    np.testing.assert_allclose(z.mean(axis=0), mean, atol=0.08)
    np.testing.assert_allclose(np.cov(z.T), np.tensordot(weights, spread, 1), atol=0.35)


def test_temperature_narrows_the_components_and_leaves_them_where_they_are():
    cold = sample_at_temperature(mixture(STDDEV), 500, SEED, 0.0).numpy()
    assert {tuple(row) for row in np.round(cold, 3)} == {tuple(row) for row in np.round(LOC, 3)}


def test_codes_far_from_every_component_have_a_finite_density_and_gradient():
    z = tf.constant([[1e4, -1e4, 1e4]])
    with tf.GradientTape() as tape:
        tape.watch(z)
        log_prob = mixture(STDDEV).log_prob(z)
    assert np.isfinite(log_prob).all()
    assert np.isfinite(tape.gradient(log_prob, z)).all()


def test_a_mixture_layer_has_the_components_that_it_is_given():
    layer = Mixture(COMPONENTS, DIM)
    layer.set_components(np.exp(LOG_WEIGHTS), LOC, np.maximum(STDDEV, 2 * MIN_STDDEV))
    prior = layer.distribution()
    np.testing.assert_allclose(prior.log_weights, LOG_WEIGHTS, rtol=1e-5)
    np.testing.assert_allclose(prior.loc, LOC)
    np.testing.assert_allclose(prior.scale, STDDEV, rtol=1e-4)


@pytest.fixture(scope="module", params=["diagonal", "full_covariance"])
def vamp(request: pytest.FixtureRequest) -> VAE:
    config = VAEConfig(
        latent_dim=DIM,
        network=DenseNetwork(hidden=(8,)),
        posterior={"name": request.param},
        prior={"name": "vamp", "components": 5},
    )
    model, random = build(config, DataSpec(image_shape=SHAPE)), np.random.default_rng(1)
    for weight in model.posterior_layer.trainable_variables:  # the covariances of full ones are 0 before training
        weight.assign(random.normal(0, 0.3, weight.shape))
    return model


def test_the_vamp_prior_is_the_mean_of_the_posteriors_of_its_pseudo_inputs(vamp: VAE):
    z = tf.constant(RANDOM.normal(size=(2, 6, DIM)), tf.float32)
    posteriors = [vamp.posterior(u[tf.newaxis]) for u in vamp.prior_layer.pseudo_inputs.value]
    densities = np.stack([q.log_prob(z[..., tf.newaxis, :])[..., 0] for q in posteriors])
    expected = scipy.special.logsumexp(densities, axis=0) - math.log(5)
    np.testing.assert_allclose(vamp.prior().log_prob(z), expected, rtol=1e-4, atol=1e-4)


def test_the_bounds_gradient_reaches_every_pseudo_input(vamp: VAE):
    pseudo_inputs = vamp.prior_layer.pseudo_inputs
    x = tf.constant(RANDOM.uniform(size=(6, *SHAPE)), tf.float32)
    with tf.GradientTape() as tape:
        bound = tf.reduce_mean(vamp.elbo(x, SEED).total)
    gradient = tape.gradient(bound, pseudo_inputs.value).numpy()
    assert gradient.reshape(5, -1).any(axis=1).all()


def test_pseudo_inputs_start_as_different_training_images(vamp: VAE, toy_training_set: type):
    images = RANDOM.integers(0, 256, (9, *SHAPE), dtype=np.uint8)
    vamp.prior_layer.initialise(toy_training_set(images, np.full(9, -1), seed=3))
    rows = {tuple(np.rint(row)) for row in vamp.prior_layer.pseudo_inputs.numpy().reshape(5, -1) * 255}
    assert len(rows) == 5
    assert rows <= {tuple(row) for row in images.reshape(9, -1)}


def test_pseudo_inputs_outnumber_the_training_images(toy_training_set: type):
    layer = Vamp(7, SHAPE)
    layer.initialise(toy_training_set(np.zeros((3, *SHAPE), np.uint8), np.full(3, -1)))
    np.testing.assert_array_equal(layer.pseudo_inputs.numpy(), np.zeros((7, *SHAPE)))


def test_pseudo_inputs_stay_between_black_and_white_however_far_a_step_goes(vamp: VAE):
    vamp.compile("sgd", ElboObjective())
    vamp.optimizer.learning_rate = 1e4
    pseudo_inputs = vamp.prior_layer.pseudo_inputs
    before = pseudo_inputs.numpy()
    vamp.optimizer.apply([tf.ones_like(pseudo_inputs.value)], [pseudo_inputs])
    assert before.min() > 0
    np.testing.assert_array_equal(pseudo_inputs.numpy(), np.zeros_like(before))
