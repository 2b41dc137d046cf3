"""The decomposition of the KL term against quadrature, and its estimates of q(z) against all batches there are."""

from itertools import combinations

import numpy as np
import scipy.stats
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import diagonal_normal, standard_normal
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.beta_tc import BetaTcObjective, decompose, stratified_sampling, weighted_sampling
from vaeflow.models.objectives.config import BetaTcConfig
from vaeflow.models.training.data import Batch

SEED = tf.constant([1, 2])
LOC = np.array([[-1.0, -0.8], [0.9, 1.1], [0.2, -0.3]])
SCALE = np.array([[0.5, 0.4], [0.6, 0.3], [0.4, 0.7]])
POSTERIOR = diagonal_normal(tf.constant(LOC, tf.float32), tf.constant(SCALE, tf.float32))


def exact_parts() -> np.ndarray:
    """Mutual information, total correlation and dimension-wise KL of a dataset of three images, on a fine grid."""
    grid, width = np.linspace(-6, 6, 601, retstep=True)
    by_dimension = scipy.stats.norm(LOC[:, None, :], SCALE[:, None, :]).pdf(grid[:, None])
    joint = (by_dimension[:, :, None, 0] * by_dimension[:, None, :, 1]).mean(axis=0)
    marginals = by_dimension.mean(axis=0)
    log_independent = np.log(marginals[:, None, 0]) + np.log(marginals[None, :, 1])
    total_correlation = (joint * (np.log(joint) - log_independent)).sum() * width**2
    log_prior = scipy.stats.norm.logpdf(grid)[:, None]
    dimension_wise = (marginals * (np.log(marginals) - log_prior)).sum() * width
    entropy_given_image = np.log(SCALE * np.sqrt(2 * np.pi * np.e)).sum(axis=1).mean()
    mutual_information = -(joint * np.log(joint)).sum() * width**2 - entropy_given_image
    return np.array([mutual_information, total_correlation, dimension_wise])


def test_its_parts_are_those_of_the_aggregate_posterior_and_add_up_to_the_kl():
    z, log_q = POSTERIOR.experimental_sample_and_log_prob(40_000, seed=SEED)
    prior = standard_normal(2)
    parts = decompose(POSTERIOR, z, log_q, prior.log_prob(z), stratified_sampling(tf.constant(3), 3))
    estimates = np.array([part.numpy().astype(np.float64).mean() for part in parts])
    np.testing.assert_allclose(estimates, exact_parts(), atol=0.01)
    kl = np.mean(POSTERIOR.kl_divergence(prior))
    np.testing.assert_allclose(exact_parts().sum(), kl, rtol=1e-4)
    np.testing.assert_allclose(sum(parts), log_q - prior.log_prob(z), atol=1e-4)


@given(num_images=st.integers(3, 6), batch=st.integers(2, 6), z=st.floats(-2, 2))
def test_over_all_batches_the_stratified_estimate_of_the_density_has_the_exact_mean(
    num_images: int, batch: int, z: float
):
    """At a code of image 0, over all batches that hold this image."""
    batch = min(batch, num_images)
    log_densities = scipy.stats.norm(np.arange(num_images) - 2.0, 0.8).logpdf(z)
    weights = stratified_sampling(tf.constant(batch), num_images).numpy()[0]
    batches = [(0, *others) for others in combinations(range(1, num_images), batch - 1)]
    estimates = [np.exp(logsumexp(log_densities[list(chosen)] + weights)) for chosen in batches]
    np.testing.assert_allclose(np.mean(estimates), np.exp(log_densities).mean(), rtol=1e-5)


def test_the_weighted_estimate_weighs_every_image_of_the_batch_alike():
    np.testing.assert_allclose(weighted_sampling(tf.constant(4), 50), np.full((4, 4), -np.log(200)), rtol=1e-6)


def test_a_batch_of_one_image_gives_finite_parts():
    q = diagonal_normal(tf.zeros([1, 2]), tf.ones([1, 2]))
    z, log_q = q.experimental_sample_and_log_prob(1, seed=SEED)
    for sampling in (stratified_sampling, weighted_sampling):
        parts = decompose(q, z, log_q, standard_normal(2).log_prob(z), sampling(tf.constant(1), 10))
        assert np.isfinite(parts).all()


def test_with_all_weights_1_the_objective_is_the_monte_carlo_elbo_and_else_each_part_has_its_weight():
    model = build(VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(4,))), DataSpec(image_shape=(3, 2, 1)))
    x = tf.constant(np.random.default_rng(0).integers(0, 2, (5, 3, 2, 1)), tf.float32)
    batch = Batch(x, tf.fill([5], -1))

    def losses(**weights: float):
        return BetaTcObjective(BetaTcConfig(samples=2, **weights), 20).losses(model, batch, tf.constant(0), SEED)

    plain = losses(alpha=1, beta=1, gamma=1)
    np.testing.assert_allclose(plain.objective, tf.reduce_mean(model.log_weights(x, 2, SEED), 0), rtol=1e-5)
    weighted = losses(alpha=0.5, beta=6, gamma=2)
    terms = {name: term.numpy() for name, term in weighted.terms.items()}
    cost = 0.5 * terms["mutual_information"] + 6 * terms["total_correlation"] + 2 * terms["dimension_wise_kl"]
    np.testing.assert_allclose(weighted.objective, terms["log_likelihood"] - cost, rtol=1e-5)
