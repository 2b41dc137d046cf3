"""The conditional VAE against the VAE that it becomes without labels."""

import numpy as np
import tensorflow as tf

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.cvae.config import CVAEConfig
from vaeflow.models.family.cvae.model import CVAE
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.posteriors.layers import MIN_STDDEV
from vaeflow.models.training.data import Batch

SHAPE, CLASSES, LATENT = (3, 2, 1), 3, 2
DATA = DataSpec(image_shape=SHAPE, num_classes=CLASSES)
SEED, STEP = tf.constant([1, 2]), tf.constant(0)
NETWORK = DenseNetwork(hidden=(6,), activation="tanh")
X = tf.constant(np.random.default_rng(0).integers(0, 2, (4, *SHAPE)).astype(np.float32))
LABELS = tf.constant([0, 1, 2, 1])


def tiny() -> CVAE:
    tf.keras.utils.set_random_seed(3)
    return build(CVAEConfig(latent_dim=LATENT, network=NETWORK, hidden=(5,), activation="tanh"), DATA)


def blind_to_labels(model: CVAE) -> CVAE:
    """Weights that make labels irrelevant: 0 for every label input, and N(0, I) for every class."""
    model.joined.matrices[1].kernel.assign(tf.zeros((CLASSES, 5)))
    first = model.decoder.network.layers[0]
    first.kernel.assign(tf.concat([first.kernel[:LATENT], tf.zeros((CLASSES, 6))], axis=0))
    model.class_layer.parameters.kernel.assign(tf.zeros((CLASSES, 2 * LATENT)))
    unit = np.log(np.expm1(1 - MIN_STDDEV))
    model.class_layer.parameters.bias.assign([0.0] * LATENT + [unit] * LATENT)
    return model


def test_without_labels_it_is_a_vae():
    """A VAE whose encoder has the layers of both parts gives the same bound with the same noise."""
    cvae = blind_to_labels(tiny())
    vae = build(VAEConfig(latent_dim=LATENT, network=DenseNetwork(hidden=(6, 5), activation="tanh")), DATA)
    vae.encoder.set_weights([*cvae.encoder.get_weights(), *cvae.joined.matrices[0].get_weights()])
    vae.posterior_layer.set_weights(cvae.posterior_layer.get_weights())

    q = vae.posterior(X)
    z, _ = q.experimental_sample_and_log_prob(3, seed=SEED)
    code = tf.concat([z, tf.zeros((3, 4, CLASSES))], axis=-1)
    log_likelihood = tf.reduce_mean(cvae.likelihood(code).log_prob(X), axis=0)
    expected = log_likelihood - q.kl_divergence(vae.prior())
    np.testing.assert_allclose(cvae.elbo(X, SEED, LABELS, 3).total, expected, rtol=1e-5)


def test_the_bound_is_given_the_class():
    """Importance weights average to p(x | y), summed over a grid of latents."""
    model = build(CVAEConfig(latent_dim=1, network=NETWORK, hidden=(5,)), DATA)
    model.posterior_layer.parameters.bias.assign([0.0, 2.0])  # wide, for weights of little variance
    grid = np.linspace(-12, 12, 4001, dtype=np.float32)[:, None, None]
    y = tf.one_hot(LABELS, CLASSES)
    z = tf.broadcast_to(grid, (4001, 4, 1))
    code = tf.concat([z, tf.broadcast_to(y, (4001, 4, CLASSES))], axis=-1)
    log_joint = model.likelihood(code).log_prob(X) + model.class_layer(y).log_prob(z)
    exact = tf.reduce_logsumexp(log_joint, axis=0) + np.log(24 / 4000)
    estimate = tf.reduce_logsumexp(model.log_weights(X, 20_000, SEED, LABELS), axis=0) - np.log(20_000)
    np.testing.assert_allclose(estimate, exact, atol=0.02)
    assert (model.elbo(X, SEED, LABELS, 2000).total.numpy() < exact.numpy()).all()


def test_the_prior_is_that_of_a_class_drawn_uniformly():
    model = tiny()
    codes = model.sample_codes(6000, SEED)
    shares = tf.reduce_mean(codes[:, LATENT:], axis=0)
    np.testing.assert_allclose(shares, np.full(CLASSES, 1 / 3), atol=0.03)
    y = codes[:, LATENT:]
    expected = model.class_layer(y).log_prob(codes[:, :LATENT]) - np.log(CLASSES)
    np.testing.assert_allclose(model.prior().log_prob(codes), expected, rtol=1e-4)


def test_images_without_a_label_have_no_weight_in_training():
    model = tiny()
    partly = tf.constant([0, -1, 2, -1])
    elbo = model.training_terms(Batch(X, partly), STEP, SEED, 1).elbo
    expected = model.elbo(X, SEED, partly).total
    np.testing.assert_allclose(tf.reduce_mean(elbo.total), tf.reduce_mean(expected[::2]), rtol=1e-5)
    np.testing.assert_array_equal(elbo.total[1::2], [0, 0])
    none = model.training_terms(Batch(X, tf.fill([4], -1)), STEP, SEED, 1).elbo
    np.testing.assert_array_equal(none.total, np.zeros(4))


def test_another_label_gives_another_bound():
    model = tiny()
    assert (np.abs(model.elbo(X, SEED, LABELS).total - model.elbo(X, SEED, (LABELS + 1) % 3).total) > 1e-4).all()
