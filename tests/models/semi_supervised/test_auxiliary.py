"""M1+M2, ADGM and SDGM: the bound with a sampled auxiliary variable against sums over the labels and over grids."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import standard_normal
from vaeflow.models.family.adgm.config import ADGMConfig
from vaeflow.models.family.m1_m2.config import M1M2Config
from vaeflow.models.family.m1_m2.model import M1, M1M2
from vaeflow.models.family.sdgm.config import SDGMConfig
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.semi_supervised.auxiliary import AuxiliaryModel
from vaeflow.models.semi_supervised.pairs import AllPairs
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import MAIN

SHAPE, CLASSES = (3, 2, 1), 3
DATA = DataSpec(image_shape=SHAPE, num_classes=CLASSES)
SEED, STEP = tf.constant([1, 2]), tf.constant(0)
X = tf.constant(np.random.default_rng(0).integers(0, 2, (4, *SHAPE)).astype(np.float32))
UNKNOWN = tf.fill([4], -1)
PARTS = {"latent_dim": 1, "network": DenseNetwork(hidden=(6,), activation="tanh"), "hidden": (5,)}
CONFIGS = [
    M1M2Config(**PARTS, m1_latent_dim=1, m1_epochs=2),
    ADGMConfig(**PARTS, auxiliary_dim=1),
    pytest.param(SDGMConfig(**PARTS, auxiliary_dim=1), marks=pytest.mark.full),  # differs from ADGM in one network
]


def tiny(config: ModelConfig) -> AuxiliaryModel:
    keras.utils.set_random_seed(3)
    return build(config, DATA)


@pytest.fixture(params=CONFIGS, ids=lambda config: config.name)
def model(request: pytest.FixtureRequest) -> AuxiliaryModel:
    return tiny(request.param)


def test_without_a_label_the_bound_is_the_sum_over_labels_and_the_entropy(model: AuxiliaryModel):
    """For one sample of a, the same under every label."""
    a_seed = tf.unstack(tf.random.split(SEED, 2))[0]
    q = tf.exp(model.log_classes(X, model.auxiliary_posterior(X).sample(1, seed=a_seed)))[0].numpy().T
    labelled = np.stack([model.elbo(X, SEED, tf.fill([4], y)).total for y in range(CLASSES)])
    expected = (q * (labelled - np.log(q))).sum(axis=0)
    np.testing.assert_allclose(model.elbo(X, SEED, UNKNOWN).total, expected, rtol=1e-5)
    np.testing.assert_allclose(model.elbo(X, SEED).total, expected, rtol=1e-5)


def test_importance_weights_average_to_the_marginal_likelihood_of_a_grid(model: AuxiliaryModel):
    """The bound lies below it, and the bound of a labelled image below log p(x, y)."""
    spread_posteriors(model)
    log_joint = log_joint_of_a_grid(model)
    for labels, exact in (
        (None, tf.reduce_logsumexp(log_joint, axis=(0, 1))),
        (tf.fill([4], 1), tf.reduce_logsumexp(log_joint[:, 1], axis=0)),
    ):
        log_weights = model.log_weights(X, 40_000, SEED, labels)
        estimate = tf.reduce_logsumexp(log_weights, axis=0) - np.log(40_000)
        np.testing.assert_allclose(estimate, exact, atol=0.05)
        assert (model.elbo(X, SEED, labels, 2000).total.numpy() < exact.numpy()).all()


def spread_posteriors(model: AuxiliaryModel) -> None:
    """Make q(a | x) and q(z | .) wide and nearly the same for all images, for weights of little variance."""
    first = model.m1.posterior_layer if isinstance(model, M1M2) else model.auxiliary_layer
    for layer in (first, model.latent_layer):
        layer.parameters.kernel.assign(0.2 * layer.parameters.kernel)
        layer.parameters.bias.assign([0.0, 1.5])


def log_joint_of_a_grid(model: AuxiliaryModel) -> tf.Tensor:
    """Log p(x, z, y) dz, or log p(x, a, z, y) da dz where images depend on a: [grid, classes, batch]."""
    axis, step = np.linspace(-7, 7, 141, dtype=np.float32, retstep=True)
    depends_on_a = model.code_dim == 2 + CLASSES
    z, a = (part.reshape(-1, 1, 1) for part in np.meshgrid(axis, axis if depends_on_a else axis[:1]))
    z, a = tf.repeat(tf.constant(z), CLASSES, axis=1), tf.repeat(tf.constant(a), CLASSES, axis=1)
    y = tf.broadcast_to(tf.eye(CLASSES), [*z.shape[:2], CLASSES])
    log_prior = standard_normal(1).log_prob(z) - np.log(CLASSES) + np.log(step)
    if depends_on_a:
        log_prior += model.auxiliary(z, y).log_prob(a) + np.log(step)
    code = tf.concat([a, z, y] if depends_on_a else [z, y], axis=-1)
    return model.likelihood(code[:, :, tf.newaxis]).log_prob(X) + log_prior[..., tf.newaxis]


def test_a_hidden_label_changes_nothing_and_a_known_one_only_its_own_image(model: AuxiliaryModel):
    mixed = model.elbo(X, SEED, tf.constant([1, -1, 2, -1])).total
    np.testing.assert_allclose(mixed[1::2], model.elbo(X, SEED, UNKNOWN).total[1::2], rtol=1e-6)
    np.testing.assert_allclose(mixed[0], model.elbo(X, SEED, tf.fill([4], 1)).total[0], rtol=1e-6)


def test_the_density_of_a_posterior_sample_is_that_of_its_parts(model: AuxiliaryModel):
    q = model.posterior(X)
    code = q.sample(3, seed=SEED)
    *before, z, y = tf.split(code, [*[1] * (model.code_dim - CLASSES), CLASSES], axis=-1)
    a = before[0] if before else model.auxiliary_posterior(X).mean()
    given = model.given_auxiliary(X, a, None)
    expected = given.log_prob(tf.concat([z, y], axis=-1))
    if before:
        expected += model.auxiliary_posterior(X).log_prob(a)
    np.testing.assert_allclose(q.log_prob(code), expected, rtol=1e-5)


def test_classes_are_generated_with_the_class_in_the_code(model: AuxiliaryModel):
    codes = model.class_codes(tf.zeros((CLASSES, 1)), tf.range(CLASSES))
    np.testing.assert_array_equal(codes[:, -CLASSES:], np.eye(CLASSES))
    narrow = model.sample_codes(50, SEED, temperature=0.0)
    np.testing.assert_array_equal(narrow[:, -CLASSES - 1], np.zeros(50))
    np.testing.assert_allclose(
        narrow, model.class_codes(tf.zeros((50, 1)), tf.argmax(narrow[:, -CLASSES:], -1)), rtol=1e-6
    )


def test_m1_is_trained_alone_and_then_held():
    model = tiny(CONFIGS[0])
    assert [(phase.name, phase.epochs) for phase in model.phases()] == [(M1, 2)]
    batch = (tf.cast(X * 255, tf.uint8), tf.constant([0, 1, -1, -1]))
    for phase, trained in ((M1, True), (MAIN, False)):
        model.compile(keras.optimizers.Adam(0.01), ElboObjective(), phase=phase)
        before = [(weight, weight.numpy()) for weight in model.trainable_variables]
        model.train_step(batch)
        m1 = {id(weight) for weight in model.m1.trainable_variables}
        for weight, value in before:
            assert (not np.array_equal(weight, value)) == ((id(weight) in m1) == trained), weight.path


def test_m1_alone_is_given_the_bound_of_a_vae():
    model = tiny(CONFIGS[0])
    model.compile(phase=M1, optimizer=keras.optimizers.Adam(), objective=ElboObjective())
    terms = model.training_terms(Batch(X, tf.constant([0, 1, -1, -1])), STEP, SEED, 1)
    np.testing.assert_array_equal(terms.elbo.total, model.m1.elbo(X, SEED).total)
    np.testing.assert_array_equal(terms.penalties["classification"], np.zeros(4))


def test_m2_is_charged_for_its_own_latents_and_not_for_m1_s_codes():
    """For one sample of a: KL(q(z | a, y) || p(z)) of the label's own z, and log 3 nats for the label."""
    model = tiny(CONFIGS[0])
    model.compile(phase=MAIN, optimizer=keras.optimizers.Adam(), objective=ElboObjective())
    labels = tf.fill([4], 2)
    elbo = model.training_terms(Batch(X, labels), STEP, SEED, 1).elbo
    np.testing.assert_allclose(elbo.total, model.elbo(X, SEED, labels).total, rtol=1e-5)
    a = model.auxiliary_posterior(X).sample(1, seed=tf.unstack(tf.random.split(SEED, 2))[0])
    z = model.latents(X, a, AllPairs(CLASSES, 2))[2, 0]
    np.testing.assert_allclose(elbo.kl, z.kl_divergence(standard_normal(1)) + np.log(CLASSES), rtol=1e-5)


def test_m2_leaves_out_the_dimensions_of_m1_s_code_that_say_nothing(toy_training_set: type):
    model = tiny(M1M2Config(**PARTS, m1_latent_dim=2, m1_epochs=1, active_units_only=True))
    kernel = model.m1.posterior_layer.parameters.kernel
    kernel.assign(kernel * [[10.0, 0.0, 1.0, 1.0]])  # the mean of the second dimension is the same for all images
    images = np.random.default_rng(0).integers(0, 256, (50, *SHAPE), dtype=np.uint8)
    training_set = toy_training_set(images, np.zeros(50, np.int64))

    model.begin(M1, training_set)
    np.testing.assert_array_equal(model.active, [1, 1])
    model.begin(MAIN, training_set)
    np.testing.assert_array_equal(model.active, [1, 0])
    a, moved = tf.constant([[[1.0, 0.0]]]), tf.constant([[[1.0, 5.0]]])
    pairs = AllPairs(CLASSES, 2)
    np.testing.assert_array_equal(model.log_classes(X[:1], a), model.log_classes(X[:1], moved))
    np.testing.assert_array_equal(model.latents(X[:1], a, pairs).mean(), model.latents(X[:1], moved, pairs).mean())
    p = model.auxiliary(tf.constant([[3.0]]), tf.one_hot([0], CLASSES))
    assert p.mean()[0, 0] != 0
    assert (p.mean()[0, 1], p.stddev()[0, 1]) == (0, 1)


def test_m2_sees_all_dimensions_unless_it_is_told_otherwise(toy_training_set: type):
    model = tiny(M1M2Config(**PARTS, m1_latent_dim=2, m1_epochs=1))
    model.m1.posterior_layer.parameters.kernel.assign(tf.zeros([6, 4]))
    model.begin(MAIN, toy_training_set(np.zeros((5, *SHAPE), np.uint8), np.zeros(5, np.int64)))
    np.testing.assert_array_equal(model.active, [1, 1])
