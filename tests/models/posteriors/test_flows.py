"""Flows against the autodiff Jacobian, and against the properties of a density."""

import math

import hypothesis.extra.numpy as arrays
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from vaeflow.models.distributions import diagonal_normal
from vaeflow.models.posteriors.autoregressive import AutoregressiveNetwork, InverseAutoregressiveFlows
from vaeflow.models.posteriors.building import build_posterior
from vaeflow.models.posteriors.config import InverseAutoregressivePosterior, PlanarPosterior, RadialPosterior
from vaeflow.models.posteriors.flows import FlowedNormal, Planar, PlanarFlows, Radial

CONFIGS = [
    PlanarPosterior(length=3),
    RadialPosterior(length=3),
    InverseAutoregressivePosterior(length=3, hidden=(16, 12), context=5),
]
BATCH = 3
SEED = tf.constant([1, 2])
RANDOM = np.random.default_rng(0)
FEATURES = tf.constant(RANDOM.normal(size=(BATCH, 8)), tf.float32)


def posterior(config: PlanarPosterior | RadialPosterior | InverseAutoregressivePosterior, dim: int) -> FlowedNormal:
    keras.utils.set_random_seed(1)  # with 0, a planar flow is too nearly singular for float32
    return build_posterior(config, dim)(2.0 * FEATURES)


@pytest.fixture(params=CONFIGS, ids=lambda config: config.name)
def config(request: pytest.FixtureRequest) -> PlanarPosterior | RadialPosterior | InverseAutoregressivePosterior:
    return request.param


@pytest.mark.parametrize("dim", [2, 5])
def test_log_det_is_that_of_the_autodiff_jacobian(config, dim: int):
    flow = posterior(config, dim).flow
    z = tf.constant(RANDOM.normal(size=(4 * BATCH, dim)), tf.float32)
    by_image = lambda z: tf.reshape(z, [4, BATCH, dim])  # noqa: E731
    with tf.GradientTape() as tape:
        tape.watch(z)
        bent = tf.reshape(flow(by_image(z))[0], [4 * BATCH, dim])
    expected = np.linalg.slogdet(tape.batch_jacobian(bent, z).numpy())[1]
    np.testing.assert_allclose(tf.reshape(flow(by_image(z))[1], [-1]), expected, atol=1e-4)
    assert np.abs(expected).max() > 0.05


@pytest.mark.parametrize(
    "config",
    [*CONFIGS[:2], pytest.param(CONFIGS[2], marks=pytest.mark.full)],
    ids=lambda config: config.name,
)
def test_the_density_integrates_to_one_and_is_that_of_the_samples(config):
    """Change of variables on a grid of the base: each cell has the same probability as its image under the flow."""
    q = posterior(config, 2)
    ends = np.linspace(-6, 6, 601, dtype=np.float32)
    corners = np.reshape(q.flow(base_grid(q, ends))[0], [601, 601, BATCH, 2])
    along, across = corners[1:, :-1] - corners[:-1, :-1], corners[:-1, 1:] - corners[:-1, :-1]
    areas = np.abs(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0])
    centres = base_grid(q, (ends[1:] + ends[:-1]) / 2)
    log_q = diagonal_normal(q.loc, q.scale).log_prob(centres) - q.flow(centres)[1]
    density = np.exp(np.reshape(log_q, [600, 600, BATCH]))
    np.testing.assert_allclose((areas * density).sum(axis=(0, 1)), 1, atol=0.01)


def base_grid(q: FlowedNormal, side: np.ndarray) -> tf.Tensor:
    """Codes of the base [points, batch, 2], on a grid in units of its standard deviations."""
    noise = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 1, 2)
    return q.loc + q.scale * noise


def test_samples_come_with_their_density_for_every_shape_of_samples(config):
    q = posterior(config, 4)
    z, log_q = q.experimental_sample_and_log_prob((2, 3), seed=SEED)
    assert z.shape == (2, 3, BATCH, 4)
    assert log_q.shape == (2, 3, BATCH)
    flat, flat_log_q = q.experimental_sample_and_log_prob(6, seed=SEED)
    np.testing.assert_array_equal(tf.reshape(z, flat.shape), flat)
    np.testing.assert_array_equal(tf.reshape(log_q, [6, BATCH]), flat_log_q)
    np.testing.assert_array_equal(q.sample(6, seed=SEED), flat)


def test_moments_are_close_to_those_of_many_samples_and_do_not_depend_on_the_batch(config):
    layer = build_posterior(config, 4)
    q = layer(FEATURES)
    z = q.sample(20_000, seed=SEED).numpy()
    error = 4 * z.std(axis=0) / math.sqrt(128)
    assert (np.abs(q.mean() - z.mean(axis=0)) < error).all()
    np.testing.assert_allclose(q.stddev(), z.std(axis=0), rtol=0.35)
    np.testing.assert_allclose(layer(FEATURES[1:2]).mean(), q.mean()[1:2], atol=1e-5)


def test_the_density_of_a_code_that_was_not_sampled_is_refused(config):
    with pytest.raises(NotImplementedError, match="its own samples only"):
        posterior(config, 2).log_prob(tf.zeros((BATCH, 2)))


def test_gradients_reach_every_weight_through_samples_and_density(config):
    layer = build_posterior(config, 3)
    with tf.GradientTape() as tape:
        z, log_q = layer(FEATURES).experimental_sample_and_log_prob(2, seed=SEED)
        loss = tf.reduce_sum(z**2) + tf.reduce_sum(log_q)
    gradients = tape.gradient(loss, layer.trainable_variables)
    assert all(np.isfinite(gradient).all() and np.any(gradient) for gradient in gradients)


@pytest.mark.full
def test_xla_compiles_it_inside_a_loop(config):
    layer = build_posterior(config, 3)
    z = tf.constant(RANDOM.normal(size=(2, BATCH, 3)), tf.float32)
    once = layer(FEATURES).flow(z)
    twice = layer(FEATURES).flow(once[0])

    def bend(times: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        def body(i: tf.Tensor, z: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, ...]:
            bent, log_det = layer(FEATURES).flow(z)
            return i + 1, bent, total + log_det

        return tf.while_loop(lambda i, *_: i < times, body, (0, z, tf.zeros((2, BATCH))))[1:]

    bent, log_det = tf.function(bend, jit_compile=True)(tf.constant(2))
    np.testing.assert_allclose(bent, twice[0], atol=1e-4)
    np.testing.assert_allclose(log_det, once[1] + twice[1], atol=1e-4)


def test_identity_parameters_leave_the_base_as_it_is():
    z = tf.constant(RANDOM.normal(size=(5, BATCH, 2)), tf.float32)
    w = tf.constant(RANDOM.normal(size=(2, BATCH, 2)), tf.float32)
    ones = tf.ones((2, BATCH))
    for flow in (
        Planar(w, tf.zeros_like(w), ones),
        Planar(tf.zeros_like(w), tf.zeros_like(w), ones),
        Radial(w, ones, ones),
    ):
        bent, log_det = flow(z)
        np.testing.assert_allclose(bent, z, atol=2e-5)
        np.testing.assert_allclose(log_det, np.zeros((5, BATCH)), atol=2e-5)


vectors = arrays.arrays(np.float32, (1, 1, 3), elements=st.floats(-30, 30, width=32))


@settings(max_examples=20, deadline=None)
@given(w=vectors, u=vectors, b=st.floats(-30, 30, width=32))
def test_planar_flows_are_invertible_whatever_the_parameters(w: np.ndarray, u: np.ndarray, b: float):
    """Along w, wᵀf(z) never falls, and 1 + wᵀû, its least slope, is not negative. Rezende & Mohamed 2015, A.1."""
    flow = Planar(tf.constant(w), tf.constant(u), tf.constant([[b]]))
    scale = 1 + float(np.linalg.norm(w)) * float(np.linalg.norm(u))
    assert np.sum(flow.w * flow.u_hat) >= -1 - 1e-5 * scale
    assert np.all(flow.stretch > 0)
    norm = float(np.linalg.norm(w))
    if norm < 1e-3:
        return
    along = np.linspace(-3, 3, 200, dtype=np.float32)[:, None, None] * w[0] / norm
    bent, log_det = flow(tf.constant(along))
    assert np.isfinite(log_det).all()
    heights = np.sum(bent.numpy().astype(np.float64) * w[0], axis=-1)[:, 0]
    assert (np.diff(heights) >= -1e-5 * scale * norm).all()


@settings(max_examples=20, deadline=None)
@given(centre=vectors, alpha=st.floats(1e-3, 30), stretch=st.floats(1e-3, 30))
def test_radial_flows_are_invertible_whatever_the_parameters(centre: np.ndarray, alpha: float, stretch: float):
    """Along a ray the distance from the centre grows."""
    flow = Radial(tf.constant(centre), *(tf.constant([[value]], tf.float32) for value in (alpha, stretch)))
    radii = np.linspace(0, 5, 200, dtype=np.float32)
    ray = centre[0] + radii[:, None, None] * np.float32([1, 0, 0])
    bent, log_det = flow(tf.constant(ray))
    assert np.isfinite(log_det).all()
    distances = np.linalg.norm(bent.numpy() - centre[0], axis=-1)[:, 0]
    assert (np.diff(distances) > -1e-4).all()


def test_an_autoregressive_network_sees_only_what_comes_before():
    network = AutoregressiveNetwork((2, 1, 3), (7, 9), context=2)
    z = tf.constant(RANDOM.normal(size=(1, 1, 3)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(z)
        parts = tf.concat(network(z, tf.ones((1, 2))), axis=-1)
    jacobian = tape.jacobian(parts, z).numpy().reshape(2, 3, 3)
    sees = np.array([[False, True, False], [False, False, False], [True, True, False]])
    np.testing.assert_array_equal(jacobian[0] != 0, sees)
    np.testing.assert_array_equal(jacobian[1] != 0, sees)


def test_the_inverse_of_the_autoregressive_bijector_gives_the_codes_back():
    flows = InverseAutoregressiveFlows(2, 4, (8,), 3)
    flows(FEATURES)
    bijector = flows.bijector(FEATURES)
    z = tf.constant(RANDOM.normal(size=(2, BATCH, 4)), tf.float32)
    np.testing.assert_allclose(bijector.inverse(tf.identity(bijector.forward(z))), z, atol=1e-4)


def test_planar_flows_of_the_average_image_learn():
    """Its centred features are near 0, where flows without a bias would be at a saddle point."""
    keras.utils.set_random_seed(0)
    flows = PlanarFlows(2, 4)
    with tf.GradientTape() as tape:
        z, log_det = flows(tf.zeros((1, 8)))(tf.constant(RANDOM.normal(size=(5, 1, 4)), tf.float32))
        loss = tf.reduce_sum(z**2) - tf.reduce_sum(log_det)
    assert np.abs(tape.gradient(loss, flows.parameters.bias)).min() > 0
