"""The normal with a full covariance, and what posteriors and priors may be combined."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
from pydantic import ValidationError
from tensorflow_probability import distributions as tfd

from vaeflow.models.distributions import diagonal_normal, kl_terms, standard_normal
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.posteriors.full_normal import FullNormal
from vaeflow.models.posteriors.layers import FullCovarianceNormal

BATCH, DIM = 4, 3
RANDOM = np.random.default_rng(0)
SEED = tf.constant([1, 2])


@pytest.fixture(scope="module")
def q() -> FullNormal:
    layer, features = FullCovarianceNormal(DIM), tf.constant(RANDOM.normal(size=(BATCH, 5)), tf.float32)
    layer(features)
    for weight in layer.trainable_variables:  # those of the covariance are 0 before training
        weight.assign(RANDOM.normal(0, 0.3, weight.shape))
    return layer(features)


def test_a_full_covariance_starts_with_independent_dimensions_and_learns_that_they_are_not():
    layer, features = FullCovarianceNormal(DIM), tf.constant(RANDOM.normal(size=(BATCH, 5)), tf.float32)
    covariance = layer(features).covariance().numpy()
    np.testing.assert_allclose(covariance, np.tile(np.log(2) ** 2 * np.eye(DIM), (BATCH, 1, 1)), rtol=1e-4)
    target = tfd.MultivariateNormalFullCovariance(tf.zeros(DIM), 0.5 * tf.ones([DIM, DIM]) + 0.5 * tf.eye(DIM))
    with tf.GradientTape() as tape:
        q = layer(features)
        z, log_q = q.experimental_sample_and_log_prob(2000, seed=SEED)
        kl = tf.reduce_mean(log_q - target.log_prob(z))
    kernel, bias = tape.gradient(kl, layer.scale.trainable_variables)
    assert kernel.numpy().any(axis=0).all()
    assert bias.numpy().all()


def test_full_covariance_density_is_scipys_for_any_code(q: FullNormal):
    z = RANDOM.normal(size=(2, 6, BATCH, DIM)).astype(np.float32)
    normals = [scipy.stats.multivariate_normal(m, c) for m, c in zip(q.mean(), q.covariance().numpy(), strict=True)]
    expected = np.stack([normal.logpdf(z[:, :, i]) for i, normal in enumerate(normals)], axis=-1)
    np.testing.assert_allclose(q.log_prob(z), expected, rtol=1e-4, atol=1e-4)


def test_full_covariance_samples_have_its_moments_and_the_density_they_are_said_to_have(q: FullNormal):
    z, log_prob = q.experimental_sample_and_log_prob(50_000, seed=SEED)
    np.testing.assert_allclose(log_prob[:5], q.log_prob(z[:5]), rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(z, q.sample(50_000, seed=SEED))
    np.testing.assert_allclose(np.mean(z, axis=0), q.mean(), atol=0.02)
    np.testing.assert_allclose(np.std(z, axis=0), q.stddev(), rtol=0.02)
    np.testing.assert_allclose(np.cov(z[:, 0].numpy().T), q.covariance()[0], atol=0.03)


def test_full_covariance_kl_is_tensorflow_probabilitys_closed_form(q: FullNormal):
    loc, scale = tf.constant([0.3, -1.0, 0.0]), tf.constant([0.5, 1.0, 2.0])
    theirs = tfd.MultivariateNormalTriL(q.loc, q.scale_tril)
    for ours, other in (
        (standard_normal(DIM), tfd.MultivariateNormalDiag(tf.zeros(DIM))),
        (diagonal_normal(loc, scale), tfd.MultivariateNormalDiag(loc, scale)),
    ):
        terms = kl_terms(q, ours, *q.experimental_sample_and_log_prob(1, seed=SEED))
        assert terms.shape == (BATCH, 1)
        np.testing.assert_allclose(terms[:, 0], theirs.kl_divergence(other), rtol=1e-4)


def test_full_covariance_has_no_closed_form_against_what_is_not_normal(q: FullNormal):
    laplace = tfd.Independent(tfd.Laplace(tf.zeros(DIM), 1.0), 1)
    z, log_q = q.experimental_sample_and_log_prob(7, seed=SEED)
    expected = np.mean(log_q - laplace.log_prob(z), axis=0)
    np.testing.assert_allclose(kl_terms(q, laplace, z, log_q)[:, 0], expected, rtol=1e-6)


@pytest.mark.parametrize("flow", ["planar", "radial", "iaf"])
def test_a_vamp_prior_of_flows_is_refused(flow: str):
    with pytest.raises(ValidationError, match=f"must be 'diagonal' or 'full_covariance', got the flow '{flow}'"):
        VAEConfig(posterior={"name": flow}, prior={"name": "vamp"})


def test_an_autoregressive_flow_of_one_dimension_is_refused():
    with pytest.raises(ValidationError, match="latent_dim must be at least 2, got 1"):
        VAEConfig(latent_dim=1, posterior={"name": "iaf"})
