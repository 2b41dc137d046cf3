"""The hierarchical VAE and the Ladder VAE against densities computed by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats
from scipy.integrate import trapezoid

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.distributions import diagonal_normal, standard_normal
from vaeflow.models.family.hierarchical_vae.config import HierarchicalVAEConfig
from vaeflow.models.family.ladder_vae.config import LadderVAEConfig
from vaeflow.models.family.ladder_vae.model import merge
from vaeflow.models.hierarchy.chain import Chain
from vaeflow.models.hierarchy.hierarchy import Hierarchy

DIMS = (3, 2, 2)
DATA = DataSpec(image_shape=(4, 3, 1), observation=Observation(binarise="static"))
SEED = tf.constant([1, 2])
X = tf.constant(np.random.default_rng(0).integers(0, 2, (2, 4, 3, 1)), tf.float32)


def hierarchy(kind: type) -> Hierarchy:
    """A model of three layers with random weights, so that none is zero by its initialisation."""
    upper = ({"latent_dim": 2, "hidden": (5,)}, {"latent_dim": 2, "hidden": (4, 3)})
    config = kind(latent_dim=3, upper=upper, network={"name": "dense", "hidden": (6,)}, normalisation="layer")
    model = build(config, DATA)
    rng = np.random.default_rng(3)
    model.set_weights([rng.normal(0, 0.4, weight.shape) for weight in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def ladder() -> Hierarchy:
    return hierarchy(LadderVAEConfig)


@pytest.fixture(scope="module")
def plain() -> Hierarchy:
    return hierarchy(HierarchicalVAEConfig)


@pytest.fixture(scope="module", params=["ladder", "plain"])
def model(request: pytest.FixtureRequest) -> Hierarchy:
    return request.getfixturevalue(request.param)


def log_normal(z, conditional) -> np.ndarray:
    return stats.norm.logpdf(z, conditional.mean(), conditional.stddev()).sum(axis=-1)


def test_the_merge_is_the_normalised_product_of_two_normals():
    a, b = (diagonal_normal(tf.constant([loc]), tf.constant([scale])) for loc, scale in ((-1.0, 0.7), (2.0, 1.9)))
    z = np.linspace(-12, 12, 20_001)
    product = stats.norm.pdf(z, -1.0, 0.7) * stats.norm.pdf(z, 2.0, 1.9)
    product /= trapezoid(product, z)
    np.testing.assert_allclose(merge(a, b).prob(z[:, np.newaxis].astype(np.float32)), product, atol=1e-5)


def test_a_merge_with_what_says_nothing_changes_nothing():
    a, vague = diagonal_normal(tf.constant([0.3]), tf.constant([0.5])), diagonal_normal(tf.zeros(1), tf.fill([1], 1e6))
    np.testing.assert_allclose([merge(a, vague).mean(), merge(a, vague).stddev()], [[0.3], [0.5]], rtol=1e-5)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_chain_of_linear_gaussians_is_the_joint_normal(direction):
    """z_2 = 2 z_1 + 3ε: covariance [[1, 2], [2, 13]], in the order of drawing."""
    chain = Chain(standard_normal(1), [lambda z: diagonal_normal(2 * z, 3 * tf.ones_like(z))], (1, 1), direction)
    covariance = np.array([[1, 2], [2, 13]])[:: 1 if direction == "up" else -1, :: 1 if direction == "up" else -1]
    joint = stats.multivariate_normal([0, 0], covariance)
    z, log_prob = chain.experimental_sample_and_log_prob([5, 20_000], seed=SEED)
    assert z.shape == (5, 20_000, 2)
    np.testing.assert_allclose(np.cov(z.numpy().reshape(-1, 2).T), covariance, rtol=0.05, atol=0.02)
    np.testing.assert_allclose(log_prob, joint.logpdf(z), rtol=1e-4)
    np.testing.assert_allclose(chain.log_prob(z), joint.logpdf(z), rtol=1e-4)


def test_the_prior_is_the_product_of_its_conditionals(model: Hierarchy):
    z = model.prior().sample(6, seed=SEED)
    lowest, middle, top = tf.split(z, DIMS, axis=-1)
    expected = log_normal(top, standard_normal(2))
    expected += log_normal(middle, model.top_down[1](top)) + log_normal(lowest, model.top_down[0](middle))
    np.testing.assert_allclose(model.prior().log_prob(z), expected, rtol=1e-4)


def test_the_ladders_posterior_is_the_product_of_its_conditionals(ladder: Hierarchy):
    z, log_q = ladder.posterior(X).experimental_sample_and_log_prob(4, seed=SEED)
    lowest, middle, top = tf.split(z, DIMS, axis=-1)
    first = ladder.encoder(X)
    second = ladder.bottom_up[0](first)
    third = ladder.bottom_up[1](second)
    expected = log_normal(top, ladder.estimates[2](third))
    expected += log_normal(middle, merge(ladder.estimates[1](second), ladder.top_down[1](top)))
    expected += log_normal(lowest, merge(ladder.estimates[0](first), ladder.top_down[0](middle)))
    np.testing.assert_allclose(log_q, expected, rtol=1e-4)


def test_the_plain_posterior_is_the_product_of_its_conditionals(plain: Hierarchy):
    z, log_q = plain.posterior(X).experimental_sample_and_log_prob(4, seed=SEED)
    lowest, middle, top = tf.split(z, DIMS, axis=-1)
    expected = log_normal(lowest, plain.lowest(plain.encoder(X)))
    expected += log_normal(middle, plain.bottom_up[0](lowest)) + log_normal(top, plain.bottom_up[1](middle))
    np.testing.assert_allclose(log_q, expected, rtol=1e-4)


def test_the_code_of_an_image_is_the_mean_given_the_means(ladder: Hierarchy, plain: Hierarchy):
    lowest, middle, top = tf.split(ladder.embed(X), DIMS, axis=-1)
    first = ladder.encoder(X)
    second = ladder.bottom_up[0](first)
    np.testing.assert_allclose(top, ladder.estimates[2](ladder.bottom_up[1](second)).mean(), rtol=1e-4)
    corrected = merge(ladder.estimates[1](second), ladder.top_down[1](top))
    np.testing.assert_allclose(middle, corrected.mean(), rtol=1e-4)
    np.testing.assert_allclose(tf.split(ladder.posterior(X).stddev(), DIMS, axis=-1)[1], corrected.stddev(), rtol=1e-4)
    lowest, middle, top = tf.split(plain.embed(X), DIMS, axis=-1)
    np.testing.assert_allclose(top, plain.bottom_up[1](plain.bottom_up[0](lowest).mean()).mean(), rtol=1e-4)


def test_the_kl_of_each_layer_is_the_mean_of_the_sampled_log_ratios(model: Hierarchy):
    samples = 20_000
    elbo = model.elbo(X, SEED, num_samples=samples)
    z, q = model.posterior(X).draw(samples, tf.constant([5, 6]))
    p = model.prior().conditionals(z)
    for layer, terms in enumerate(tf.split(elbo.kl_terms, DIMS, axis=-1)):
        ratios = log_normal(z[layer], q[layer]) - log_normal(z[layer], p[layer])
        error = ratios.std(axis=0) / np.sqrt(samples)
        np.testing.assert_array_less(np.abs(tf.reduce_sum(terms, axis=-1) - ratios.mean(axis=0)), 8 * error)


def test_the_closed_form_leaves_less_noise_than_the_log_ratios(ladder: Hierarchy):
    @tf.function(input_signature=[tf.TensorSpec([2], tf.int32)])
    def estimates(seed):
        z, log_q = ladder.posterior(X).experimental_sample_and_log_prob(1, seed=seed)
        return ladder.elbo(X, seed).kl, (log_q - ladder.prior().log_prob(z))[0]

    closed, sampled = zip(*(estimates([7, i]) for i in range(40)), strict=True)
    assert (np.std(closed, axis=0) < np.std(sampled, axis=0)).all()


def test_an_image_depends_on_the_lowest_layer_alone(model: Hierarchy):
    z = model.sample_codes(3, SEED)
    np.testing.assert_array_equal(model.decode(z), model.decode(tf.concat([z[:, :3], tf.zeros((3, 4))], axis=-1)))


def test_at_temperature_zero_every_sample_is_the_mean(model: Hierarchy):
    codes = model.sample_codes(3, SEED, temperature=0.0)
    np.testing.assert_allclose(codes, np.tile(model.prior().mean(), (3, 1)), atol=1e-6)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_layers_below_follow_the_prior_and_the_others_stay(model: Hierarchy, layer: int):
    z = model.sample_codes(4, SEED)
    parts = model.prior().split(model.descend(z, layer))
    for place, (before, after) in enumerate(zip(model.prior().split(z), parts, strict=True)):
        expected = before if place >= layer else model.prior().conditionals(parts)[place].mean()
        np.testing.assert_allclose(after, expected, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.5, 1.0])
def test_the_layers_below_one_are_drawn_from_their_priors_given_those_above(model: Hierarchy, temperature: float):
    z = tf.tile(model.sample_codes(1, SEED), [20_000, 1])
    drawn = model.prior().split(model.resample(z, 2, SEED, temperature))
    np.testing.assert_array_equal(drawn[2], model.prior().split(z)[2])
    middle = model.top_down[1](drawn[2][:1])
    np.testing.assert_allclose(tf.reduce_mean(drawn[1], axis=0), middle.mean()[0], atol=0.05)
    np.testing.assert_allclose(tf.math.reduce_std(drawn[1], axis=0), temperature * middle.stddev()[0], rtol=0.05)
    lowest = model.top_down[0](drawn[1])
    noise = (drawn[0] - lowest.mean()) / (temperature * lowest.stddev())
    np.testing.assert_allclose(tf.reduce_mean(noise, axis=0), np.zeros(3), atol=0.05)
    np.testing.assert_allclose(tf.math.reduce_std(noise, axis=0), np.ones(3), rtol=0.05)


def test_the_layers_cover_the_code(model: Hierarchy):
    assert model.code_groups == {"layer 1": 3, "layer 2": 2, "layer 3": 2}
    assert sum(model.code_groups.values()) == model.code_dim


@pytest.mark.full
@pytest.mark.parametrize("kind", [LadderVAEConfig, HierarchicalVAEConfig])
def test_it_trains_under_xla_with_batch_normalisation_and_several_samples(kind: type):
    from vaeflow.models.objectives.config import ElboConfig
    from vaeflow.models.objectives.elbo import ElboObjective

    upper = ({"latent_dim": 2, "hidden": (4,)},)
    model = build(kind(latent_dim=2, upper=upper, network={"hidden": (6,), "normalisation": "batch"}), DATA)
    model.compile(keras.optimizers.Adam(1e-2), ElboObjective(ElboConfig(samples=3)))
    before = model.get_weights()
    images = tf.zeros((2, 5, 4, 3, 1), tf.uint8)
    tf.function(model.train_step, jit_compile=True)((images, tf.zeros((2, 5), tf.int32)))
    assert int(model.optimizer.iterations) == 2
    moving = [i for i, weight in enumerate(model.weights) if "moving_variance" in weight.path]
    assert moving
    assert all(not np.array_equal(before[i], model.get_weights()[i]) for i in moving)


def test_a_hierarchy_has_at_least_two_layers():
    with pytest.raises(ValueError, match="upper"):
        LadderVAEConfig(upper=())
