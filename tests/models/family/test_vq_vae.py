from itertools import product

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vq_vae.codebook import Codebook, straight_through
from vaeflow.models.family.vq_vae.config import VQVAEConfig
from vaeflow.models.family.vq_vae.model import VQVAE
from vaeflow.models.family.vq_vae.symbol_prior import QuantisedCodes, SymbolPrior
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import MAIN

SEED = tf.constant([1, 2])
POSITIONS, SYMBOLS = 3, 4
RNG = np.random.default_rng(0)


def codebook() -> Codebook:
    book = Codebook(SYMBOLS, 2)
    book.vectors.assign(RNG.normal(size=(SYMBOLS, 2)))
    return book


@pytest.fixture(scope="module")
def prior() -> SymbolPrior:
    """An untrained prior with logits far from uniform."""
    keras.utils.set_random_seed(0)
    prior = SymbolPrior(POSITIONS, SYMBOLS, width=8, num_layers=2)
    prior(tf.zeros([1, POSITIONS], tf.int32))
    for weight in prior.trainable_variables:
        weight.assign_add(0.5 * RNG.normal(size=weight.shape))
    return prior


@pytest.fixture(scope="module")
def every_code() -> np.ndarray:
    """All possible rows of symbols."""
    return np.array(list(product(range(SYMBOLS), repeat=POSITIONS)), np.int32)


@pytest.fixture(scope="module")
def model() -> VQVAE:
    keras.utils.set_random_seed(0)
    config = VQVAEConfig(
        latent_dim=6, positions=3, codebook_size=4, network=DenseNetwork(hidden=(8,)), prior_width=8, commitment=0.5
    )
    model = build(config, DataSpec(image_shape=(4, 3, 1)))
    model.compile(keras.optimizers.Adam(), ElboObjective(), phase=MAIN)
    return model


def images(n: int = 5) -> np.ndarray:
    return RNG.integers(0, 256, (n, 4, 3, 1), dtype=np.uint8)


def test_the_nearest_vector_is_that_of_brute_force():
    book, features = codebook(), RNG.normal(size=(5, 3, 2)).astype(np.float32)
    distances = np.linalg.norm(features[:, :, np.newaxis] - book.vectors.numpy(), axis=-1)
    np.testing.assert_array_equal(book.nearest(features), distances.argmin(axis=-1))
    np.testing.assert_array_equal(book.lookup(book.nearest(features)), book.vectors.numpy()[distances.argmin(axis=-1)])


def test_the_codebook_begins_as_the_means_of_clusters():
    centres = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]])
    book = Codebook(4, 2)
    book.fit((centres.repeat(30, axis=0) + 0.1 * RNG.normal(size=(120, 2))).astype(np.float32), seed=0)
    np.testing.assert_allclose(sorted(book.vectors.numpy().round().tolist()), sorted(centres.tolist()))


def test_fewer_features_than_vectors_leave_the_others_as_they_are():
    book = codebook()
    before = book.vectors.numpy()
    book.fit(np.array([[1.0, 2.0], [1.0, 2.0], [3.0, 4.0]], np.float32), seed=0)
    np.testing.assert_array_equal(book.vectors.numpy()[2:], before[2:])


def test_the_gradient_of_what_was_quantised_goes_straight_through_to_the_features():
    features, quantised = tf.constant(RNG.normal(size=(5, 2))), tf.constant(RNG.normal(size=(5, 2)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([features, quantised])
        z = straight_through(features, quantised)
        loss = tf.reduce_sum(tf.sin(z))
    np.testing.assert_allclose(z, quantised)
    np.testing.assert_allclose(tape.gradient(loss, features), np.cos(quantised))
    assert tape.gradient(loss, quantised) is None


def test_codebook_and_commitment_pull_at_one_end_each(model: VQVAE):
    x = model.observe(images())
    features = model.features(x)
    chosen = model.symbols(x).numpy()
    distance = features.numpy() - model.codebook.vectors.numpy()[chosen]
    with tf.GradientTape(persistent=True) as tape:
        _, penalties = model.training_terms(Batch(x, tf.fill([5], -1)), tf.constant(0), SEED, 1)
    np.testing.assert_allclose(penalties["codebook"], (distance**2).sum(axis=(1, 2)), rtol=1e-4)
    np.testing.assert_allclose(penalties["commitment"], 0.5 * (distance**2).sum(axis=(1, 2)), rtol=1e-4)
    by_hand = np.zeros((4, 2))
    np.add.at(by_hand, chosen, -2 * distance)
    vectors, kernel = model.codebook.vectors.value, model.code.kernel.value
    np.testing.assert_allclose(tape.gradient(penalties["codebook"], vectors), by_hand, rtol=1e-4, atol=1e-5)
    assert tape.gradient(penalties["codebook"], kernel) is None
    assert tape.gradient(penalties["commitment"], vectors) is None
    hidden = model.encoder(x).numpy()
    expected = hidden.T @ (0.5 * 2 * distance.reshape(5, 6))
    np.testing.assert_allclose(tape.gradient(penalties["commitment"], kernel), expected, rtol=1e-3, atol=1e-5)


def test_the_prior_changes_nothing_but_itself(model: VQVAE):
    x = model.observe(images())
    with tf.GradientTape(persistent=True) as tape:
        elbo, _ = model.training_terms(Batch(x, tf.fill([5], -1)), tf.constant(0), SEED, 1)
        kl = tf.reduce_sum(elbo.kl)
    others = [model.codebook.vectors.value, model.code.kernel.value]
    assert all(gradient is None for gradient in tape.gradient(kl, others))
    assert tape.gradient(kl, model.symbol_prior.logits.kernel.value) is not None


def test_the_prior_sums_to_one_over_all_codes(prior: SymbolPrior, every_code: np.ndarray):
    total = np.exp(prior.log_prob(every_code).numpy().sum(axis=1)).sum()
    assert total == pytest.approx(1, rel=1e-5)
    assert np.ptp(prior.log_prob(every_code).numpy()) > 1


def test_no_logits_depend_on_their_own_or_on_later_symbols(prior: SymbolPrior, every_code: np.ndarray):
    logits = prior(every_code).numpy().reshape(*POSITIONS * [SYMBOLS], POSITIONS, SYMBOLS)
    for place in range(POSITIONS):
        here = np.moveaxis(logits[..., place, :], range(place, POSITIONS), range(POSITIONS - place))
        here = here.reshape(SYMBOLS ** (POSITIONS - place), -1)
        np.testing.assert_allclose(here, np.broadcast_to(here[:1], here.shape), atol=1e-5)


def test_every_later_logit_depends_on_each_earlier_symbol(prior: SymbolPrior):
    base, changed = np.zeros((1, 3), np.int32), np.array([[1, 0, 0]], np.int32)
    moved = np.abs(prior(base).numpy() - prior(changed).numpy()).max(axis=(0, 2))
    assert moved[0] == 0
    assert (moved[1:] > 1e-3).all()


def test_samples_are_as_frequent_as_the_prior_says(prior: SymbolPrior, every_code: np.ndarray):
    drawn = prior.sample(4000, SEED).numpy()
    places = np.ravel_multi_index(drawn.T, POSITIONS * [SYMBOLS])
    frequency = np.bincount(places, minlength=len(every_code)) / len(drawn)
    expected = np.exp(prior.log_prob(every_code).numpy().sum(axis=1))
    assert np.abs(frequency - expected).sum() < 0.12
    np.testing.assert_array_equal(drawn, prior.sample(4000, SEED))


def test_at_temperature_zero_the_most_probable_symbol_is_taken_each_time(prior: SymbolPrior):
    drawn = prior.sample(20, SEED, temperature=0.0).numpy()
    assert (drawn == drawn[0]).all()
    np.testing.assert_array_equal(prior(drawn[:1]).numpy().argmax(axis=-1), drawn[:1])


def test_a_code_has_the_density_of_its_symbols(prior: SymbolPrior, every_code: np.ndarray):
    codes = QuantisedCodes(prior, codebook())
    z = codes.codes(tf.constant(every_code))
    expected = prior.log_prob(every_code).numpy().sum(axis=1)
    np.testing.assert_allclose(codes.log_prob(z), expected, rtol=1e-5)
    np.testing.assert_allclose(codes.log_prob(tf.reshape(z, (4, 16, -1))), expected.reshape(4, 16), rtol=1e-5)
    assert codes.sample(5, seed=SEED).shape == (5, POSITIONS * 2)


def test_the_bound_is_one_term_of_the_sum_over_all_codes(model: VQVAE, every_code: np.ndarray):
    x = model.observe(images(4))
    z = model.prior().codes(tf.constant(every_code))
    joint = model.likelihood(z[:, tf.newaxis]).log_prob(x) + model.prior().log_prob(z)[:, tf.newaxis]
    exact = tf.reduce_logsumexp(joint, axis=0).numpy()
    chosen = np.ravel_multi_index(model.symbols(x).numpy().T, POSITIONS * [SYMBOLS])
    bound = model.elbo(x, SEED).total.numpy()
    np.testing.assert_allclose(bound, joint.numpy()[chosen, np.arange(4)], rtol=1e-5)
    assert (bound < exact).all()


def test_positions_that_do_not_divide_the_code_are_refused():
    with pytest.raises(ValidationError, match="latent_dim must be a multiple of positions, 3, got 16"):
        VQVAEConfig(latent_dim=16, positions=3)
