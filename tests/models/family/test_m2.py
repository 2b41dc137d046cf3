"""M2 against sums over the labels and over a grid of latents."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.semi_supervised.base import SemiSupervised
from vaeflow.models.semi_supervised.pairs import AllPairs
from vaeflow.models.training.data import Batch

SHAPE, CLASSES = (3, 2, 1), 3
DATA = DataSpec(image_shape=SHAPE, num_classes=CLASSES)
SEED, STEP = tf.constant([1, 2]), tf.constant(0)
UNKNOWN = tf.fill([4], -1)


def tiny(latent_dim: int = 2, **fields) -> SemiSupervised:
    tf.keras.utils.set_random_seed(3)
    network = DenseNetwork(hidden=(6,), activation="tanh")
    return build(M2Config(latent_dim=latent_dim, network=network, hidden=(5,), **fields), DATA)


@pytest.fixture(scope="module")
def x() -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).integers(0, 2, (4, *SHAPE)).astype(np.float32))


def labelled_bounds(model: SemiSupervised, x: tf.Tensor, samples: int) -> np.ndarray:
    """The labelled bound of every image under every label, [classes, batch]."""
    return np.stack([model.elbo(x, SEED, tf.fill([4], y), samples).total for y in range(CLASSES)])


def test_without_a_label_the_bound_is_the_sum_over_labels_and_the_entropy(x: tf.Tensor):
    """Kingma et al. 2014, eq. 7, where each labelled bound is that of the same noise."""
    model = tiny()
    q = model.classify(x).numpy().T
    expected = (q * (labelled_bounds(model, x, 3) - np.log(q))).sum(axis=0)
    np.testing.assert_allclose(model.elbo(x, SEED, UNKNOWN, 3).total, expected, rtol=1e-5)
    np.testing.assert_allclose(model.elbo(x, SEED, None, 3).total, expected, rtol=1e-5)


def test_with_a_label_the_bound_is_that_of_the_pair(x: tf.Tensor):
    """Eq. 6, written out from TFP's distributions with the model's own parameters."""
    model = tiny()
    labels = tf.constant([0, 1, 2, 1])
    y = tf.one_hot(labels, CLASSES)
    q = model.latents(x, AllPairs(CLASSES, 1)).distribution
    loc, scale = (tf.einsum("kbd,bk->bd", part, y) for part in (q.loc, q.scale))
    z = tfd.MultivariateNormalDiag(loc, scale).sample(20_000, seed=4)
    log_likelihood = model.likelihood(tf.concat([z, tf.broadcast_to(y, (20_000, *y.shape))], -1)).log_prob(x)
    kl = tfd.kl_divergence(tfd.MultivariateNormalDiag(loc, scale), tfd.MultivariateNormalDiag(tf.zeros(2)))
    expected = tf.reduce_mean(log_likelihood, 0) - kl + np.log(1 / CLASSES)
    np.testing.assert_allclose(model.elbo(x, SEED, labels, 20_000).total, expected, atol=0.02)


def test_importance_weights_average_to_the_marginal_likelihood_summed_over_labels_and_a_grid(x: tf.Tensor):
    model = tiny(latent_dim=1)
    model.latent_layer.parameters.bias.assign([0.0, 1.5])  # wide, for weights of little variance
    grid = np.linspace(-8, 8, 2001, dtype=np.float32)
    code = np.array([[z, *one_hot] for z in grid for one_hot in np.eye(CLASSES)], np.float32)
    log_prior = tfd.Normal(0.0, 1.0).log_prob(code[:, :1]) - np.log(CLASSES)
    log_joint = model.likelihood(tf.constant(code[:, np.newaxis])).log_prob(x) + log_prior
    exact = tf.reduce_logsumexp(log_joint, axis=0) + np.log(grid[1] - grid[0])
    estimate = tf.reduce_logsumexp(model.log_weights(x, 20_000, SEED), axis=0) - np.log(20_000)
    np.testing.assert_allclose(estimate, exact, atol=0.02)
    assert (model.elbo(x, SEED, num_samples=2000).total.numpy() < exact.numpy()).all()


def test_labelled_and_unlabelled_images_of_one_batch_do_not_touch_each_other(x: tf.Tensor):
    model = tiny()
    mixed = model.elbo(x, SEED, tf.constant([1, -1, 2, -1])).total
    np.testing.assert_allclose(mixed[1::2], model.elbo(x, SEED, UNKNOWN).total[1::2], rtol=1e-6)
    np.testing.assert_allclose(mixed[0], model.elbo(x, SEED, tf.fill([4], 1)).total[0], rtol=1e-6)


def test_the_classification_loss_is_the_mean_cross_entropy_of_those_with_a_label(x: tf.Tensor):
    model = tiny(alpha=0.7)
    labels = tf.constant([2, -1, 0, -1])
    penalty = model.training_terms(Batch(x, labels), STEP, SEED, 1).penalties["classification"]
    log_q = np.log(model.classify(x))
    np.testing.assert_allclose(tf.reduce_mean(penalty), -0.7 * (log_q[0, 2] + log_q[2, 0]) / 2, rtol=1e-5)
    np.testing.assert_array_equal(penalty[1::2], [0, 0])
    none = model.training_terms(Batch(x, UNKNOWN), STEP, SEED, 1).penalties["classification"]
    np.testing.assert_array_equal(none, np.zeros(4))


def test_its_gradient_pulls_the_classifier_towards_the_label(x: tf.Tensor):
    """d/dlogits of -α log softmax is α (q - y), and the bias of the logits gathers its mean."""
    model = tiny(alpha=2.0)
    labels = tf.constant([2, 1, 0, 0])
    with tf.GradientTape() as tape:
        penalty = tf.reduce_mean(model.classification(model.log_classes(x)[tf.newaxis], labels))
    gradient = tape.gradient(penalty, model.class_logits.bias.value)
    expected = 2.0 * tf.reduce_mean(model.classify(x) - tf.one_hot(labels, CLASSES), axis=0)
    np.testing.assert_allclose(gradient, expected, atol=1e-6)


def test_gradients_are_finite_however_sure_the_classifier_is(x: tf.Tensor):
    model = tiny()
    model.class_logits.bias.assign([200.0, 0.0, -200.0])
    with tf.GradientTape() as tape:
        elbo, penalties = model.training_terms(Batch(x, tf.constant([2, -1, 0, -1])), STEP, SEED, 1)
        loss = -tf.reduce_mean(elbo.total - penalties["classification"])
    for gradient in tape.gradient(loss, model.trainable_variables):
        assert np.isfinite(gradient).all()


def test_images_without_labels_are_refused_in_one_line():
    with pytest.raises(InputError, match=r"train.model.name: m2 expects labels of at least two classes"):
        build(M2Config(), DataSpec(image_shape=SHAPE))
