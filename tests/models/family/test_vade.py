"""VaDE's bound against Monte Carlo, and its phases."""

import keras
import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.family.vade.config import VaDEConfig
from vaeflow.models.family.vade.model import PRETRAINING, VaDE, joint_kl_terms, likeliest_mixture
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.priors.mixture import NormalMixture
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import MAIN

SHAPE, DIM, CLUSTERS, BATCH = (4, 4, 1), 3, 4, 2
RANDOM = np.random.default_rng(0)
SEED = tf.constant([1, 2])
CONFIG = VaDEConfig(latent_dim=DIM, clusters=CLUSTERS, network=DenseNetwork(hidden=(8,)), pretrain_epochs=2)


def components() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        RANDOM.dirichlet(np.ones(CLUSTERS)),
        RANDOM.normal(size=(CLUSTERS, DIM)),
        RANDOM.uniform(0.3, 2, (CLUSTERS, DIM)),
    )


@pytest.fixture
def model() -> VaDE:
    model = build(CONFIG, DataSpec(image_shape=SHAPE))
    model.prior_layer.set_components(*components())
    return model


@pytest.fixture
def x() -> tf.Tensor:
    return tf.constant(RANDOM.integers(0, 2, (BATCH, *SHAPE)), tf.float32)


def test_the_kl_terms_are_those_of_monte_carlo_over_codes_and_clusters():
    weights, loc, scale = components()
    mean, stddev = RANDOM.normal(size=(BATCH, DIM)), RANDOM.uniform(0.2, 1.5, (BATCH, DIM))
    assignment = RANDOM.dirichlet(np.ones(CLUSTERS), BATCH)
    prior = NormalMixture(*(tf.constant(value, tf.float32) for value in (np.log(weights), loc, scale)))
    terms = joint_kl_terms(*(tf.constant(value, tf.float32) for value in (mean, stddev, np.log(assignment))), prior)
    assert terms.shape == (BATCH, DIM + 1)
    for i in range(BATCH):
        z = RANDOM.normal(mean[i], stddev[i], (200_000, DIM))
        c = RANDOM.choice(CLUSTERS, 200_000, p=assignment[i])
        log_q = scipy.stats.norm(mean[i], stddev[i]).logpdf(z)
        log_p = scipy.stats.norm(loc[c], scale[c]).logpdf(z)
        np.testing.assert_allclose(terms[i, :DIM], (log_q - log_p).mean(axis=0), atol=0.03)
        chosen = np.log(assignment[i, c]) - np.log(weights[c])
        assert float(terms[i, DIM]) == pytest.approx(chosen.mean(), abs=0.02)


def test_the_trained_bound_is_below_the_one_without_clusters_by_what_the_assignment_misses(model: VaDE, x: tf.Tensor):
    """L_VaDE = E[log p(x, z) - log q(z | x)] - E_q(z|x) KL(q(c | x) || p(c | z))."""
    samples = 20_000
    z = model.posterior(x).sample(samples, seed=SEED)
    log_shares = tf.nn.log_softmax(model.prior().joint_log_probs(z)).numpy()
    assignment = np.exp(log_shares).mean(axis=0)
    missed = (assignment * (np.log(assignment) - log_shares)).sum(axis=-1).mean(axis=0)
    trained = model.clustering_elbo(x, SEED, samples).total
    np.testing.assert_allclose(trained, model.elbo(x, SEED, num_samples=samples).total - missed, atol=0.05)
    assert (missed > 0.05).all()


def test_an_impossible_cluster_leaves_the_bound_and_its_gradient_finite(model: VaDE, x: tf.Tensor):
    model.prior_layer.set_components(
        np.full(CLUSTERS, 0.25), 1e3 * np.eye(CLUSTERS, DIM), np.full((CLUSTERS, DIM), 0.1)
    )
    with tf.GradientTape() as tape:
        bound = tf.reduce_sum(model.clustering_elbo(x, SEED).total)
    assert np.isfinite(bound)
    assert all(np.isfinite(gradient).all() for gradient in tape.gradient(bound, model.trainable_variables))


def test_pretraining_is_that_of_an_autoencoder_and_leaves_the_prior_alone(model: VaDE, x: tf.Tensor):
    assert [(phase.name, phase.epochs) for phase in model.phases()] == [(PRETRAINING, 2)]
    model.compile(keras.optimizers.Adam(1e-2), ElboObjective(), phase=PRETRAINING)
    batch = Batch(x, tf.fill([BATCH], -1))
    terms = model.training_terms(batch, tf.constant(0), SEED, 1).elbo
    np.testing.assert_allclose(terms.total, model.likelihood(model.embed(x)).log_prob(x))
    before = [weight.numpy() for weight in model.prior_layer.weights]
    model.train_step((tf.cast(255 * x, tf.uint8), batch.labels))
    for old, new in zip(before, model.prior_layer.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_the_main_phase_begins_with_a_mixture_of_the_codes(model: VaDE, toy_training_set: type):
    """Images of four kinds, so codes in four places: each kind is a cluster of its own."""
    kinds = np.repeat(np.arange(CLUSTERS), 30)
    patterns = np.eye(CLUSTERS).repeat(4, axis=1).reshape(CLUSTERS, *SHAPE)
    noise = RANDOM.integers(0, 20, (len(kinds), *SHAPE))
    images = (200 * patterns[kinds] + noise).astype(np.uint8)
    model.begin(PRETRAINING, toy_training_set(images, kinds))
    model.begin(MAIN, toy_training_set(images, kinds))
    found = np.argmax(model.assign(model.observe(tf.constant(images))), axis=1)
    assert len({*zip(kinds, found, strict=True)}) == CLUSTERS
    assert len({*found}) == CLUSTERS
    np.testing.assert_allclose(np.exp(model.prior().log_weights), np.full(CLUSTERS, 0.25), atol=0.01)


def test_a_mixture_follows_clusters_across_the_axes():
    """Two long clusters side by side on the diagonal, which components along the axes cut across."""
    side = np.repeat([-1, 1], 500)
    along, across = np.array([1, 1]) / 2**0.5, np.array([1, -1]) / 2**0.5
    codes = (
        RANDOM.normal(scale=1.5, size=(1000, 1)) * along
        + (1.5 * side + RANDOM.normal(scale=0.3, size=1000))[:, None] * across
    )
    weights, means, scales = likeliest_mixture(codes, 2, seed=0)
    order = np.argsort(means @ across)
    expected = np.stack([codes[side == s] for s in (-1, 1)])
    np.testing.assert_allclose(weights, [0.5, 0.5], atol=1e-6)
    np.testing.assert_allclose(means[order], expected.mean(1), atol=1e-6)
    np.testing.assert_allclose(scales[order], expected.std(1), rtol=1e-5)


def test_more_clusters_than_images_are_refused(model: VaDE, toy_training_set: type):
    with pytest.raises(InputError, match="at most the number of training images, 3, got 4"):
        model.begin(MAIN, toy_training_set(np.zeros((3, *SHAPE), np.uint8), np.full(3, -1)))


def test_without_pretraining_there_is_one_phase():
    assert build(CONFIG.model_copy(update={"pretrain_epochs": 0}), DataSpec(image_shape=SHAPE)).phases() == ()
