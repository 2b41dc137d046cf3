"""The discriminator against the total correlation of a normal, which is known."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.config import FactorVaeConfig
from vaeflow.models.objectives.factor_vae import FactorVaeObjective, shuffle_dimensions
from vaeflow.models.training.data import Batch

CORRELATION = 0.8
TOTAL_CORRELATION = -0.5 * np.log(1 - CORRELATION**2)


def correlated(count: int, seed: int | tf.Tensor) -> tf.Tensor:
    """Codes [1, count, 2] of a normal with unit variances."""
    noise = tf.random.stateless_normal([1, count, 2], tf.stack([5, seed]))
    other = CORRELATION * noise[..., 0] + np.sqrt(1 - CORRELATION**2) * noise[..., 1]
    return tf.stack([noise[..., 0], other], axis=-1)


def log_ratio(z: tf.Tensor) -> tf.Tensor:
    """Log q(z) / q(z₁) q(z₂) of `correlated`."""
    a, b, r = z[..., 0], z[..., 1], CORRELATION
    return TOTAL_CORRELATION + a * b * r / (1 - r**2) - (a**2 + b**2) * r**2 / (2 * (1 - r**2))


def test_the_exact_log_ratio_has_the_total_correlation_for_mean_and_the_least_cross_entropy(
    monkeypatch: pytest.MonkeyPatch,
):
    objective = FactorVaeObjective(FactorVaeConfig(hidden=(2,)), code_dim=2)
    z = correlated(50_000, 0)

    def cross_entropy(scale: float, shift: float) -> float:
        monkeypatch.setattr(objective, "log_odds", lambda codes: scale * log_ratio(codes) + shift)
        return float(tf.reduce_mean(objective.cross_entropy(objective.log_odds(z), z, tf.constant([1, 2]))))

    assert float(tf.reduce_mean(log_ratio(z))) == pytest.approx(TOTAL_CORRELATION, abs=0.02)
    least = cross_entropy(1, 0)
    assert all(cross_entropy(*other) > least for other in ((0.8, 0), (1.2, 0), (1, 0.2), (1, -0.2)))


def test_a_trained_discriminator_tells_the_total_correlation():
    keras.utils.set_random_seed(0)
    objective = FactorVaeObjective(FactorVaeConfig(hidden=(32, 32)), code_dim=2)
    variables = objective.parameter_groups()["discriminator"]
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(variables)

    @tf.function
    def step(seed: tf.Tensor) -> None:
        z = correlated(500, seed)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(objective.cross_entropy(objective.log_odds(z), z, tf.stack([9, seed])))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))

    for seed in tf.range(1, 401):
        step(seed)
    told = float(tf.reduce_mean(objective.log_odds(correlated(20_000, 0))))
    assert told == pytest.approx(TOTAL_CORRELATION, rel=0.15)


@given(samples=st.integers(1, 3), batch=st.integers(1, 6), dim=st.integers(1, 4), seed=st.integers(0, 100))
def test_shuffling_moves_each_dimension_within_its_batch(samples: int, batch: int, dim: int, seed: int):
    z = np.random.default_rng(seed).normal(size=(samples, batch, dim)).astype(np.float32)
    shuffled = shuffle_dimensions(tf.constant(z), tf.constant([seed, 1])).numpy()
    np.testing.assert_array_equal(np.sort(shuffled, axis=1), np.sort(z, axis=1))


def test_shuffled_dimensions_no_longer_depend_on_each_other():
    shuffled = shuffle_dimensions(correlated(20_000, 0), tf.constant([3, 4])).numpy()[0]
    assert abs(np.corrcoef(shuffled.T)[0, 1]) < 0.03


def test_the_model_is_charged_the_total_correlation_and_leaves_the_discriminator_alone():
    keras.utils.set_random_seed(0)
    model = build(VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(4,))), DataSpec(image_shape=(3, 2, 1)))
    x = tf.constant(np.random.default_rng(0).integers(0, 2, (5, 3, 2, 1)), tf.float32)
    objective = FactorVaeObjective(FactorVaeConfig(gamma=7, hidden=(8,)), model.code_dim)
    losses = objective.losses(model, Batch(x, tf.fill([5], -1)), tf.constant(0), tf.constant([1, 2]))
    expected = losses.terms["elbo"] - 7 * losses.terms["total_correlation"]
    np.testing.assert_allclose(losses.objective, expected, rtol=1e-6)
    np.testing.assert_allclose(losses.by_group["model"], -np.mean(expected), rtol=1e-6)
    model.compile(keras.optimizers.Adam(1e-3), objective)
    assert set(model.optimizers) == {"model", "discriminator"}
    assert not {id(v) for v in objective.parameter_groups()["discriminator"]} & {id(v) for v in model.variables}
