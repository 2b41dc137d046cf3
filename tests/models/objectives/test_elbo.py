import numpy as np
import pytest
import tensorflow as tf

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.config import ElboConfig
from vaeflow.models.objectives.elbo import ElboObjective, at_least
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import LAST_STEP

KL = tf.constant([[0.1, 2.0, 0.0], [0.3, 1.0, 0.4]])
"""KL terms of two images in three groups, with means 0.2, 1.5 and 0.2."""


def cost(step: int = 0, **fields: object) -> np.ndarray:
    objective = ElboObjective(ElboConfig.model_validate(fields), steps_per_epoch=5)
    return objective.weighted_kl(KL, tf.constant(step)).numpy()


def test_beta_weighs_the_kl():
    np.testing.assert_allclose(cost(beta=4), [8.4, 6.8], rtol=1e-6)


def test_warm_up_multiplies_beta():
    warm_up = {"epochs": 2}
    for step, factor in ((0, 0), (1, 0.1), (5, 0.5), (10, 1), (LAST_STEP, 1)):
        np.testing.assert_allclose(cost(step, beta=4, warm_up=warm_up), np.array([8.4, 6.8]) * factor, rtol=1e-6)


def test_free_bits_are_the_least_that_the_mean_of_a_group_costs():
    """The first and the last group cost 0.5, the second its own mean."""
    np.testing.assert_allclose(cost(free_bits=0.5), [0.5 + 2.0 + 0.5, 0.5 + 1.0 + 0.5], rtol=1e-6)
    np.testing.assert_allclose(cost(free_bits=0.5, beta=2).mean(), 2 * (0.5 + 1.5 + 0.5), rtol=1e-6)


def test_below_the_free_bits_a_group_has_no_gradient_and_above_them_its_own():
    with tf.GradientTape() as tape:
        tape.watch(KL)
        total = tf.reduce_sum(at_least(0.5, KL))
    np.testing.assert_array_equal(tape.gradient(total, KL), [[0, 1, 0], [0, 1, 0]])


@pytest.mark.parametrize(("step", "target"), [(0, 0.0), (5, 1.5), (10, 3.0), (LAST_STEP, 3.0)])
def test_capacity_costs_the_distance_of_the_mean_kl_to_a_target_that_rises(step: int, target: float):
    """The mean KL is 1.9, for every image."""
    capacity = {"nats": 3, "weight": 10, "epochs": 2}
    np.testing.assert_allclose(cost(step, capacity=capacity), np.full(2, 10 * abs(1.9 - target)), rtol=1e-5)


@pytest.mark.parametrize(
    "fields", [{"beta": 4, "warm_up": {"epochs": 2}}, {"capacity": {"nats": 3, "weight": 10, "epochs": 2}}]
)
def test_after_its_schedules_it_costs_at_every_step_what_it_cost_at_the_last(fields: dict):
    objective = ElboObjective(ElboConfig.model_validate(fields).after_schedules())
    for step in (0, 1, LAST_STEP):
        np.testing.assert_allclose(objective.weighted_kl(KL, tf.constant(step)), cost(LAST_STEP, **fields), rtol=1e-6)


@pytest.mark.parametrize(
    ("weight", "beta", "expected"), [(1, 1, [-7.1, -6.7]), (0, 1, [-2.1, -1.7]), (1, 0, [-5, -5]), (0, 0, [0, 0])]
)
def test_the_weights_choose_between_kl_reconstruction_both_and_none(weight: float, beta: float, expected: list[float]):
    objective = ElboObjective(ElboConfig(reconstruction_weight=weight, beta=beta))
    weighted = objective.weighted(tf.constant([-5.0, -5.0]), KL, tf.constant(0))
    np.testing.assert_allclose(weighted, expected, rtol=1e-6)


def test_without_weight_on_the_reconstruction_the_decoder_has_no_gradient_and_the_bound_is_as_before():
    model = build(VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(8,))), DataSpec(image_shape=(4, 4, 1)))
    batch = Batch(tf.random.stateless_uniform((5, 4, 4, 1), [0, 1]), tf.fill([5], -1))
    args = (model, batch, tf.constant(0), tf.constant([1, 2]))
    with tf.GradientTape(persistent=True) as tape:
        losses = ElboObjective(ElboConfig(reconstruction_weight=0)).losses(*args)
    decoder = [variable.value for variable in model.decoder.trainable_variables]
    assert all(np.all(gradient == 0) for gradient in tape.gradient(losses.by_group["model"], decoder))
    encoder = [variable.value for variable in model.posterior_layer.trainable_variables]
    assert any(np.any(gradient != 0) for gradient in tape.gradient(losses.by_group["model"], encoder))
    for name, term in ElboObjective().losses(*args).terms.items():
        np.testing.assert_array_equal(losses.terms[name], term)
