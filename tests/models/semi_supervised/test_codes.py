"""Distributions of a latent and a class, against sums over the classes and TFP's own distributions."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.distributions import diagonal_normal, standard_normal
from vaeflow.models.semi_supervised.base import class_kl
from vaeflow.models.semi_supervised.codes import (
    Chained,
    GivenClass,
    LatentAndClass,
    broadcast_concat,
    log_known,
)

CLASSES, LATENT, BATCH = 3, 2, 4
SEED = tf.constant([1, 2])


def joint() -> LatentAndClass:
    random = np.random.default_rng(0)
    log_classes = tf.nn.log_softmax(random.normal(size=(BATCH, CLASSES)).astype(np.float32))
    loc, scale = random.normal(size=(2, CLASSES, BATCH, LATENT)).astype(np.float32)
    return LatentAndClass(log_classes, diagonal_normal(tf.constant(loc), tf.exp(tf.constant(scale))))


def test_the_density_is_that_of_the_class_times_that_of_its_latent():
    q = joint()
    z = tf.random.stateless_normal([5, BATCH, LATENT], SEED)
    for label in range(CLASSES):
        normal = q.latents.distribution
        latent = tfd.MultivariateNormalDiag(normal.loc[label], normal.scale[label])
        expected = q.log_classes[:, label] + latent.log_prob(z)
        code = broadcast_concat(z, tf.one_hot(tf.fill([BATCH], label), CLASSES))
        np.testing.assert_allclose(q.log_prob(code), expected, rtol=1e-5)


def test_samples_have_the_mean_and_the_deviation_that_it_says():
    q = joint()
    sample = q.sample(40_000, seed=SEED)
    assert sample.shape == (40_000, BATCH, LATENT + CLASSES)
    error = np.abs(tf.reduce_mean(sample, 0) - q.mean())
    assert (error < 5 * q.stddev().numpy() / 200 + 1e-6).all()
    np.testing.assert_allclose(tf.math.reduce_std(sample, 0), q.stddev(), rtol=0.06)


def test_what_it_expects_of_values_is_their_sum_weighed_by_the_classes():
    q = joint()
    values = tf.random.stateless_normal([CLASSES, BATCH, LATENT], SEED)
    np.testing.assert_allclose(q.expected(values), np.einsum("bk,kbd->bd", q.class_probabilities, values), rtol=1e-5)
    entropy = tfd.Categorical(probs=q.class_probabilities).entropy()
    np.testing.assert_allclose(class_kl(q.log_classes), np.log(CLASSES) - entropy, rtol=1e-5)


def test_a_known_label_is_certain_and_an_unknown_one_changes_nothing():
    log_classes = joint().log_classes
    known = tf.exp(log_known(log_classes, tf.constant([2, -1, 0, -1])))
    np.testing.assert_array_equal(known[::2], [[0, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(known[1::2], tf.exp(log_classes)[1::2])
    np.testing.assert_array_equal(log_known(log_classes, None), log_classes)


def test_a_given_class_is_no_part_of_the_density():
    y = tf.one_hot([0, 2], CLASSES)
    latent = diagonal_normal(tf.zeros([2, LATENT]), tf.fill([2, LATENT], 0.5))
    q = GivenClass(latent, y)
    code = q.sample(7, seed=SEED)
    np.testing.assert_allclose(q.log_prob(code), latent.log_prob(code[..., :LATENT]))
    at_once, log_prob = q.experimental_sample_and_log_prob(7, seed=SEED)
    np.testing.assert_allclose(q.log_prob(at_once), log_prob, rtol=1e-6)
    np.testing.assert_array_equal(code[..., LATENT:], np.broadcast_to(y, (7, 2, CLASSES)))
    np.testing.assert_array_equal(q.stddev()[:, LATENT:], np.zeros((2, CLASSES)))


@pytest.mark.parametrize("reverse", [False, True])
def test_a_chain_is_a_normal_where_each_link_is_linear(reverse: bool):
    """a ~ N(0, I), b ~ N(2 a, 0.5²): jointly normal, with the covariance 2 between a and b."""
    chain = Chained(standard_normal(1), lambda a: diagonal_normal(2 * a, tf.fill(tf.shape(a), 0.5)), 2, reverse=reverse)
    covariance = np.array([[1, 2], [2, 4.25]], np.float32)
    covariance = covariance[::-1, ::-1] if reverse else covariance
    exact = tfd.MultivariateNormalFullCovariance(np.zeros(2, np.float32), covariance)
    sample = chain.sample(20_000, seed=SEED)
    np.testing.assert_allclose(chain.log_prob(sample[:50]), exact.log_prob(sample[:50]), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(np.cov(sample.numpy().T), covariance, atol=0.15)
