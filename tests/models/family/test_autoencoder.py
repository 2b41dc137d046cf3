import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import entropy, norm
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.autoencoder.config import (
    AutoencoderConfig,
    Corruption,
    GaussianCorruption,
    KLSparsity,
    L1Sparsity,
    MaskingCorruption,
    SaltAndPepperCorruption,
)
from vaeflow.models.family.autoencoder.corruption import corrupt
from vaeflow.models.family.autoencoder.sparsity import bernoulli_divergence, sparsity_penalties
from vaeflow.models.likelihoods.config import GaussianLikelihood
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.training.data import Batch

SEED = tf.constant([1, 2])
GREY = tf.fill((20, 30, 30, 1), 0.4)


def test_salt_and_pepper_fall_alike_on_the_fraction_of_values():
    noisy = corrupt(GREY, SaltAndPepperCorruption(name="salt_and_pepper", fraction=0.3), SEED).numpy()
    shares = [np.mean(noisy == value) for value in (0.0, 1.0, np.float32(0.4))]
    np.testing.assert_allclose(shares, [0.15, 0.15, 0.7], atol=0.015)


def test_masking_blackens_the_fraction_of_values():
    noisy = corrupt(GREY, MaskingCorruption(name="masking", fraction=0.2), SEED).numpy()
    np.testing.assert_allclose([np.mean(noisy == 0), np.mean(noisy == np.float32(0.4))], [0.2, 0.8], atol=0.015)


def test_gaussian_noise_is_a_normal_cut_at_black_and_white():
    noisy = corrupt(GREY, GaussianCorruption(name="gaussian", stddev=0.5), SEED).numpy()
    expected = [norm.cdf(0, 0.4, 0.5), norm.sf(1, 0.4, 0.5)]
    np.testing.assert_allclose([np.mean(noisy == 0), np.mean(noisy == 1)], expected, atol=0.015)
    inside = noisy[(noisy > 0) & (noisy < 1)]
    assert np.median(inside) == pytest.approx(
        norm.ppf((norm.cdf(0, 0.4, 0.5) + norm.cdf(1, 0.4, 0.5)) / 2, 0.4, 0.5), abs=0.02
    )


@pytest.mark.parametrize(
    "corruption",
    [
        GaussianCorruption(name="gaussian"),
        MaskingCorruption(name="masking"),
        SaltAndPepperCorruption(name="salt_and_pepper"),
    ],
)
def test_noise_is_that_of_its_seed(corruption: Corruption):
    np.testing.assert_array_equal(corrupt(GREY, corruption, SEED), corrupt(GREY, corruption, SEED))
    assert not np.array_equal(corrupt(GREY, corruption, SEED), corrupt(GREY, corruption, tf.constant([1, 3])))


def test_the_divergence_of_activations_is_the_sum_over_bernoullis():
    activations = np.array([0.01, 0.05, 0.5, 0.99], np.float32)
    expected = sum(entropy([0.05, 0.95], [a, 1 - a]) for a in activations)
    assert bernoulli_divergence(0.05, tf.constant(activations)).numpy() == pytest.approx(expected, rel=1e-4)


def test_no_unit_makes_the_divergence_infinite():
    assert np.isfinite(bernoulli_divergence(0.05, tf.constant([0.0, 1.0])))


def test_the_penalties_are_what_their_configurations_say():
    z = tf.constant([[0.5, 0.0], [0.1, 0.4]])
    l1 = sparsity_penalties(L1Sparsity(name="l1", weight=2.0), z)["sparsity"]
    np.testing.assert_allclose(l1, [1.0, 1.0])
    kl = sparsity_penalties(KLSparsity(name="kl", weight=3.0, target=0.3), z)["sparsity"]
    np.testing.assert_allclose(kl, 3 * entropy([0.3, 0.7], [0.2, 0.8]) * np.ones(2), rtol=1e-5)
    assert sparsity_penalties(None, z) == {}


def digits() -> np.ndarray:
    return (load_digits().images[:1000, ..., np.newaxis] * 255 / 16).astype(np.uint8)


def trained(
    images: np.ndarray, steps: int, *, learning_rate: float = 3e-3, jit_compile: bool = False, **fields: object
) -> LatentVariableModel:
    keras.utils.set_random_seed(0)
    model = build(AutoencoderConfig.model_validate(fields), DataSpec(image_shape=images.shape[1:]))
    model.compile(keras.optimizers.Adam(learning_rate), ElboObjective(), jit_compile=jit_compile)
    batches = np.resize(images, (steps, len(images), *images.shape[1:]))
    data = tf.data.Dataset.from_tensors((batches, np.full(batches.shape[:2], -1, np.int32)))
    model.fit(data, verbose=0, shuffle=False)
    return model


def test_a_linear_autoencoder_reconstructs_as_well_as_principal_components():
    images = digits()[:300]
    model = trained(
        images,
        steps=3000,
        learning_rate=1e-2,
        jit_compile=True,
        latent_dim=4,
        network=DenseNetwork(hidden=()),
        likelihood=GaussianLikelihood(variance="fixed", stddev=1.0),
    )
    x = model.observe(images)
    error = np.mean((model.likelihood(model.embed(x)).mean() - x) ** 2)
    flat = x.numpy().reshape(len(x), -1)
    pca = PCA(4).fit(flat)
    best = np.mean((pca.inverse_transform(pca.transform(flat)) - flat) ** 2)
    assert best <= error + 1e-6
    assert error == pytest.approx(best, rel=0.01)


def test_l1_leaves_most_of_a_code_at_exactly_zero():
    fields = {"latent_dim": 16, "network": DenseNetwork(hidden=(32,)), "likelihood": GaussianLikelihood()}
    model = trained(digits()[:300], steps=150, sparsity={"name": "l1", "weight": 5.0}, **fields)
    codes = model.embed(model.observe(digits()[:300])).numpy()
    assert np.mean(codes == 0) > 0.5
    assert (codes > 0).any(axis=1).mean() > 0.9


def test_kl_draws_the_mean_activation_to_its_target():
    fields = {"latent_dim": 16, "network": DenseNetwork(hidden=(32,)), "likelihood": GaussianLikelihood()}
    model = trained(digits()[:300], steps=150, sparsity={"name": "kl", "weight": 100.0, "target": 0.1}, **fields)
    np.testing.assert_allclose(model.embed(model.observe(digits()[:300])).numpy().mean(axis=0), 0.1, atol=0.03)


def test_training_sees_noise_and_aims_at_the_clean_image():
    config = AutoencoderConfig(latent_dim=4, corruption=MaskingCorruption(name="masking", fraction=1.0))
    model = build(config, DataSpec(image_shape=(8, 8, 1)))
    x = model.observe(digits()[:5])
    terms = model.training_terms(Batch(x, tf.fill([5], -1)), tf.constant(0), SEED, 1)
    blind = model.likelihood(model.embed(tf.zeros_like(x))).log_prob(x)
    np.testing.assert_allclose(terms.elbo.log_likelihood, blind, rtol=1e-5)
    seeing = model.likelihood(model.embed(x)).log_prob(x)
    np.testing.assert_allclose(model.elbo(x, SEED).log_likelihood, seeing, rtol=1e-5)


def test_the_prior_is_fitted_to_the_codes_and_its_samples_look_like_them(toy_training_set):
    images = digits()
    model = trained(images, steps=60, latent_dim=4, network=DenseNetwork(hidden=(32,)), prior={"name": "gaussian"})
    before = model.generate(3, SEED)
    model.finish(toy_training_set(images, np.full(len(images), -1)))
    codes = model.embed(model.observe(images)).numpy()
    drawn = model.sample_codes(5000, SEED).numpy()
    np.testing.assert_allclose(drawn.mean(axis=0), codes.mean(axis=0), atol=0.1 * codes.std())
    assert not np.array_equal(before, model.generate(3, SEED))
