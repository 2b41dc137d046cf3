"""M1 and the fine-tuned encoder: what labels do to them, and what they must not do."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.family.fine_tuned.config import FineTunedConfig
from vaeflow.models.family.m1.config import M1Config
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import MAIN

SHAPE = (4, 4, 1)
DATA = DataSpec(image_shape=SHAPE, num_classes=2)
SEED = tf.constant([1, 2])
NETWORK = {"name": "dense", "hidden": (16,)}
LABELS = np.array([0, 1] * 4 + [-1] * 12)


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (20, *SHAPE), dtype=np.uint8)


def weights(variables: list[keras.Variable]) -> list[np.ndarray]:
    return [variable.numpy() for variable in variables]


def equal(before: list[np.ndarray], variables: list[keras.Variable]) -> list[bool]:
    return [np.array_equal(a, b.numpy()) for a, b in zip(before, variables, strict=True)]


@pytest.mark.parametrize("config", [M1Config(), FineTunedConfig()], ids=lambda config: config.name)
def test_images_without_classes_are_refused(config: ModelConfig):
    with pytest.raises(InputError, match=rf"train\.model\.name: {config.name} expects labels of at least two classes"):
        build(config, DataSpec(image_shape=SHAPE))


def test_m1_s_classifier_is_the_regression_on_the_codes_of_the_labelled_images(toy_training_set: type, images):
    model = build(M1Config(latent_dim=3, network=NETWORK), DATA)
    model.finish(toy_training_set(images, LABELS))
    codes = model.embed(model.observe(images)).numpy()
    oracle = LogisticRegression(C=1.0).fit(codes[:8], LABELS[:8])
    np.testing.assert_allclose(model.classify(model.observe(images)), oracle.predict_proba(codes), atol=1e-4)


def test_m1_trains_as_a_vae_whatever_the_labels(images):
    trained = []
    for labels in (LABELS, np.zeros_like(LABELS)):
        keras.utils.set_random_seed(0)
        model = build(M1Config(latent_dim=3, network=NETWORK), DATA)
        model.compile(keras.optimizers.Adam(1e-2), ElboObjective())
        for _ in range(3):
            model.train_step((tf.constant(images), tf.constant(labels, tf.int32)))
        trained.append(model.get_weights())
    for one, other in zip(*trained, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def fine_tuned():
    """`fine_tuned(phase)` → the model compiled for the phase, its networks trained a little."""

    def compiled(phase: str):
        keras.utils.set_random_seed(0)
        model = build(FineTunedConfig(latent_dim=3, network=NETWORK), DATA)
        model.compile(keras.optimizers.Adam(1e-2), ElboObjective(), phase=phase)
        return model

    return compiled


def test_pretraining_leaves_the_head_and_the_main_phase_the_decoder(fine_tuned, images):
    batch = tf.constant(images), tf.constant(LABELS, tf.int32)
    for phase, kept in (("pretrain", "head"), (MAIN, "decoder")):
        model = fine_tuned(phase)
        parts = {"head": model.head, "decoder": model.decoder, "encoder": model.encoder}
        before = {name: weights(part.trainable_variables) for name, part in parts.items()}
        model.train_step(batch)
        for name, part in parts.items():
            assert set(equal(before[name], part.trainable_variables)) == {name == kept}, (phase, name)


def test_the_cross_entropy_is_the_mean_of_minus_log_p_over_the_labelled(fine_tuned, images):
    model = fine_tuned(MAIN)
    x = model.observe(images)
    expected = -np.log(model.classify(x).numpy()[np.arange(8), LABELS[:8]]).mean()
    terms = model.cross_entropy(Batch(x, tf.constant(LABELS, tf.int32))).numpy()
    assert terms.mean() == pytest.approx(expected, rel=1e-5)
    assert (terms[8:] == 0).all()
    assert (model.cross_entropy(Batch(x, tf.fill([20], -1))).numpy() == 0).all()


def take_steps(model: LatentVariableModel, count: int, *batch: tf.Tensor) -> None:
    take_step = tf.function(model.train_step)
    for _ in range(count):
        take_step(batch)


def test_fine_tuning_learns_the_labels(fine_tuned, images):
    model = fine_tuned(MAIN)
    batch = tf.constant(images), tf.constant(LABELS, tf.int32)
    take_steps(model, 60, *batch)
    assert (model.classify(model.observe(images)).numpy()[:8].argmax(axis=1) == LABELS[:8]).all()
    assert np.mean(model.cross_entropy(Batch(model.observe(images), batch[1]))) < 0.2


def test_the_bound_is_still_one_after_fine_tuning(fine_tuned, images):
    """Any q gives a bound below the importance-weighted estimate of many samples."""
    model = fine_tuned(MAIN)
    take_steps(model, 20, tf.constant(images), tf.constant(LABELS, tf.int32))
    x = model.observe(images)
    log_weights = model.log_weights(x, 2000, SEED)
    estimate = tf.reduce_logsumexp(log_weights, axis=0) - np.log(2000)
    assert (model.elbo(x, SEED, num_samples=500).total.numpy() < estimate.numpy() + 0.05).all()
