"""The pairs that a bound needs: sums over classes against all pairs, and bounds and gradients of whole models."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import diagonal_normal
from vaeflow.models.family.adgm.config import ADGMConfig
from vaeflow.models.family.m1_m2.config import M1M2Config
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.family.sdgm.config import SDGMConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.semi_supervised.codes import log_known
from vaeflow.models.semi_supervised.pairs import AllPairs, NeededPairs, SampledPairs
from vaeflow.models.training.data import Batch

SHAPE, CLASSES = (3, 2, 1), 3
DATA = DataSpec(image_shape=SHAPE, num_classes=CLASSES)
SEED, STEP = tf.constant([1, 2]), tf.constant(0)
LABELS = tf.constant([2, 0, -1, 1, -1])
"""The first two images begin a batch with labels; of the others, one has a label too."""
LABELLED = 2
PARTS = {"latent_dim": 2, "network": DenseNetwork(hidden=(6,), activation="tanh"), "hidden": (5,)}
M2 = M2Config(**PARTS)
CONFIGS = [
    M2,
    M1M2Config(**PARTS, m1_latent_dim=2),
    ADGMConfig(**PARTS, auxiliary_dim=2),
    pytest.param(SDGMConfig(**PARTS, auxiliary_dim=2), marks=pytest.mark.full),  # differs from ADGM in one network
]


def drawn(*shape: int) -> tf.Tensor:
    return tf.constant(np.random.default_rng(sum(shape)).normal(size=shape), tf.float32)


@pytest.fixture(scope="module")
def x() -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).integers(0, 2, (5, *SHAPE)).astype(np.float32))


@pytest.mark.parametrize("samples", [(), (4,)], ids=["one", "several"])
@pytest.mark.parametrize("event", [(), (2,)], ids=["scalar", "vector"])
def test_sums_over_the_needed_pairs_are_those_over_all(samples, event):
    log_classes = log_known(tf.nn.log_softmax(drawn(*samples, 5, CLASSES)), LABELS)
    by_image, by_class, scale = drawn(*samples, 5, *event), drawn(CLASSES, *event), drawn(5)

    def expected(pairs, classes_of) -> np.ndarray:
        values = pairs.of(by_image, len(event)) * tf.tensordot(pairs.classes, classes_of, 1)
        factor = pairs.of(scale, 0)
        return pairs.expected(values * (factor[..., tf.newaxis] if event else factor), log_classes).numpy()

    needed = NeededPairs(CLASSES, LABELS, LABELLED)
    every = AllPairs(CLASSES, rank=len(samples) + 1)
    assert needed.classes.shape == (2 + 3 * CLASSES, CLASSES)
    np.testing.assert_allclose(expected(needed, by_class), expected(every, by_class), rtol=1e-5)


def expectation(make_pairs, logits: tf.Tensor, by_class: tf.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Of values by class [classes, event] under q(y), and the gradient of its sum by the logits of q(y)."""
    with tf.GradientTape() as tape:
        tape.watch(logits)
        log_classes = log_known(tf.nn.log_softmax(logits), LABELS)
        pairs = make_pairs(log_classes)
        found = pairs.expected(
            tf.tensordot(pairs.classes, by_class, 1) * pairs.of(tf.ones_like(logits)[..., :1]), log_classes
        )
        loss = tf.reduce_sum(found)
    return found.numpy().astype(float), tape.gradient(loss, logits).numpy().astype(float)


def test_expectations_over_sampled_pairs_and_their_gradients_are_unbiased():
    draws = 40_000
    logits, by_class = tf.tile(drawn(1, 5, CLASSES), [draws, 1, 1]), 3 * drawn(CLASSES, 2)
    sampled = expectation(lambda q: SampledPairs(q, LABELS, LABELLED, 1, SEED), logits, by_class)
    exact = expectation(lambda q: AllPairs(CLASSES, rank=2), logits[:1], by_class)
    for estimates, value in zip(sampled, exact, strict=True):
        noise = estimates.std(axis=0) / np.sqrt(draws)
        assert np.all(np.abs(estimates.mean(axis=0) - value[0]) < 5 * noise + 1e-4)
    assert sampled[0][:, [2, 4]].std() > 0.1, "unlike the exact ones, they vary"


def test_sampled_pairs_that_leave_out_no_class_are_exact():
    logits, by_class = drawn(5, CLASSES), drawn(CLASSES, 2)
    sampled = expectation(lambda q: SampledPairs(q, LABELS, LABELLED, CLASSES - 1, SEED), logits, by_class)
    for found, expected in zip(sampled, expectation(lambda q: AllPairs(CLASSES, 1), logits, by_class), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_sampled_pairs_vary_little_where_the_class_is_sure():
    sure = tf.tile(tf.constant([[[9.0, 0.0, 0.0]]]), [1000, 5, 1])
    found, gradients = expectation(lambda q: SampledPairs(q, LABELS, LABELLED, 1, SEED), sure, drawn(CLASSES, 2))
    assert found.std(axis=0).max() < 1e-3
    assert gradients.std(axis=0).max() < 1e-3


def certain(q: tfd.Distribution) -> tfd.Distribution:
    """Instead of q(z | .): samples are the mean, so that bounds do not depend on the noise."""
    return diagonal_normal(q.mean(), tf.fill(tf.shape(q.mean()), 1e-9))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_the_bound_and_its_gradients_are_those_of_all_pairs(config, x):
    keras.utils.set_random_seed(3)
    model = build(config, DATA)
    model.compile(keras.optimizers.Adam(), ElboObjective())  # for its main phase
    variables, layer = model.trainable_variables, model.latent_layer
    model.latent_layer = lambda features: certain(layer(features))
    found = []
    for labelled in (0, LABELLED):
        with tf.GradientTape() as tape:
            elbo, penalties = model.training_terms(Batch(x, LABELS, labelled), STEP, SEED, 2)
            loss = -tf.reduce_mean(elbo.total - penalties["classification"])
        found.append(
            (elbo.log_likelihood, elbo.kl_terms, *tape.gradient(loss, variables, unconnected_gradients="zero"))
        )
    for every, needed in zip(*found, strict=True):
        np.testing.assert_allclose(needed, every, rtol=1e-4, atol=1e-6)


def test_with_noise_the_bound_is_that_of_all_pairs_on_average(x):
    keras.utils.set_random_seed(3)
    model = build(M2, DATA)
    needed = model.bound(x, SEED, LABELS, 20_000, LABELLED).elbo.total
    np.testing.assert_allclose(needed, model.elbo(x, tf.constant([3, 4]), LABELS, 20_000).total, atol=0.02)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_the_bound_over_sampled_classes_is_that_over_all_on_average(config, x):
    keras.utils.set_random_seed(3)
    model = build(config.model_copy(update={"summed_classes": 1}), DATA)
    bounds = [model.bound(x, tf.constant([5, draw]), LABELS, 500, LABELLED).elbo.total for draw in range(20)]
    every = model.elbo(x, tf.constant([3, 4]), LABELS, 20_000).total
    noise = np.std(bounds, axis=0) / np.sqrt(len(bounds))
    assert np.all(np.abs(np.mean(bounds, axis=0) - every) < 4 * noise + 0.02)


@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.full)])
@pytest.mark.parametrize(("summed", "choices"), [(None, CLASSES), (1, 2), (2, CLASSES)])
def test_training_computes_the_needed_pairs_alone_if_it_is_told_of_the_labels(x, summed, choices, jit_compile):
    normalised = {"network": DenseNetwork(hidden=(6,), normalisation="batch"), "normalisation": "batch"}
    model = build(M2Config(**(PARTS | normalised), summed_classes=summed), DATA)
    model.compile(keras.optimizers.Adam(), ElboObjective(), labelled=LABELLED, jit_compile=jit_compile)
    decoder, decoded = model.decoder, []
    model.decoder = lambda z: decoded.append(z.shape[-2]) or decoder(z)
    images = tf.cast(255 * tf.stack([x, x]), tf.uint8)
    model.fit(tf.data.Dataset.from_tensors((images, tf.stack([LABELS, LABELS]))), shuffle=False, verbose=0)
    assert set(decoded) == {LABELLED + 3 * choices}
    assert int(model.optimizer.iterations) == 2
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_a_batch_of_images_with_labels_alone_needs_one_pair_each(x):
    labels = tf.constant([2, 0, 1, 1, 0])
    keras.utils.set_random_seed(3)
    model = build(M2, DATA)
    layer = model.latent_layer
    model.latent_layer = lambda features: certain(layer(features))
    alone = model.bound(x, SEED, labels, 1, labelled=5).elbo.total
    np.testing.assert_allclose(alone, model.elbo(x, SEED, labels).total, rtol=1e-5)
