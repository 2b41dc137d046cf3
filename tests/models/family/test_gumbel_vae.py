"""The Gumbel-softmax VAE against closed forms and against the categorical distribution that it relaxes."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
from pydantic import ValidationError
from scipy.special import softmax

from vaeflow.models.config import DataSpec
from vaeflow.models.family.gumbel_vae.categorical import Categoricals
from vaeflow.models.family.gumbel_vae.config import GumbelVAEConfig, Temperature
from vaeflow.models.family.gumbel_vae.model import GumbelVAE
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import LAST_STEP

SEED = tf.constant([1, 2])
LOGITS = np.random.default_rng(0).normal(size=(3, 2, 4)).astype(np.float32)
PROBS = softmax(LOGITS, axis=-1)


def model(**changes) -> GumbelVAE:
    config = GumbelVAEConfig.model_validate({"latent_dim": 2, "categories": 4, "network": {"hidden": [8]}} | changes)
    built = GumbelVAE(config, DataSpec(image_shape=(3, 3, 1)))
    built.build()
    return built


def images() -> tf.Tensor:
    return tf.constant(np.random.default_rng(1).random((3, 3, 3, 1)) > 0.5, tf.float32)


def test_the_kl_divergence_is_that_of_scipy():
    kl = Categoricals(tf.constant(LOGITS)).kl_to_uniform()
    np.testing.assert_allclose(kl, scipy.stats.entropy(PROBS, np.full(4, 0.25), axis=-1), atol=1e-6)


def test_samples_have_the_probabilities_and_their_density_sums_to_one():
    q = Categoricals(tf.constant(LOGITS))
    samples = q.sample(20_000, seed=SEED)
    np.testing.assert_allclose(np.mean(samples, axis=0).reshape(PROBS.shape), PROBS, atol=0.02)
    np.testing.assert_allclose(q.mean().numpy().reshape(PROBS.shape), PROBS, atol=1e-6)
    eye = np.eye(4, dtype=np.float32)
    corners = [np.concatenate([eye[i], eye[j]]) for i in range(4) for j in range(4)]
    total = sum(np.exp(q.log_prob(np.tile(corner, (3, 1)))) for corner in corners)
    np.testing.assert_allclose(total, 1, rtol=1e-5)


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_relaxed_samples_lie_in_the_simplex_and_their_largest_part_is_drawn_with_the_probabilities(temperature):
    relaxed = Categoricals(tf.constant(LOGITS)).relaxed_sample(20_000, tf.constant(temperature), SEED).numpy()
    parts = relaxed.reshape(-1, *PROBS.shape)
    np.testing.assert_allclose(parts.sum(axis=-1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.eye(4)[parts.argmax(axis=-1)].mean(axis=0), PROBS, atol=0.02)


def test_the_temperature_falls_exponentially_to_its_end():
    annealed = model(temperature={"start": 1.0, "end": 0.5, "rate": 1e-3})
    steps = [0, 100, 600, 10_000, LAST_STEP]
    expected = [1.0, np.exp(-0.1), np.exp(-0.6), 0.5, 0.5]
    np.testing.assert_allclose([annealed.temperature(tf.constant(step)) for step in steps], expected, rtol=1e-6)


def test_straight_through_decodes_one_hot_codes_with_the_gradient_of_the_soft_ones():
    hard, x = model(straight_through=True), images()
    with tf.GradientTape(persistent=True) as tape:
        objective = tf.reduce_sum(hard.training_terms(Batch(x, tf.fill([3], -1)), tf.constant(0), SEED, 1).elbo.total)
        q = hard.posterior(x)
        soft = q.relaxed_sample(1, tf.constant(1.0), SEED)
        corner = tf.one_hot(tf.argmax(tf.reshape(soft, [3, 2, 4]), axis=-1), 4)
        corner = tf.reshape(corner, [1, 3, 8])
        tape.watch(corner)
        likelihood = tf.reduce_sum(hard.likelihood(corner).log_prob(x))
        kl = tf.reduce_sum(q.kl_to_uniform())
    np.testing.assert_allclose(objective, likelihood - kl, rtol=1e-5)
    weights = hard.logits.trainable_variables[0]
    through_soft = tape.gradient(soft, weights, output_gradients=tape.gradient(likelihood, corner))
    np.testing.assert_allclose(tape.gradient(objective, weights), through_soft - tape.gradient(kl, weights), atol=1e-5)


def test_the_bound_is_that_of_the_discrete_model():
    """Exact by brute force: the sum over all 16 codes of q log p(x | z), minus the KL."""
    built, x = model(), images()
    eye = np.eye(4, dtype=np.float32)
    codes = tf.constant([np.concatenate([eye[i], eye[j]]) for i in range(4) for j in range(4)])
    q = built.posterior(x)
    weights = np.exp([q.log_prob(tf.tile(code[tf.newaxis], [3, 1])) for code in codes])
    likelihood = built.likelihood(tf.tile(codes[:, tf.newaxis], [1, 3, 1])).log_prob(x).numpy()
    exact = (weights * likelihood).sum(axis=0) - q.kl_to_uniform().numpy().sum(axis=-1)
    np.testing.assert_allclose(built.elbo(x, SEED, num_samples=20_000).total, exact, atol=0.02)


def test_a_temperature_that_rises_is_refused():
    with pytest.raises(ValidationError, match=r"end must be at most start, 0\.5, got 1"):
        Temperature(start=0.5, end=1.0)
