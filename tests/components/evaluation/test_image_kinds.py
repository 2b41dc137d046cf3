"""The kinds of images that are compared with test images, each as its own definition gives it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.evaluation.assessment import begin
from vaeflow.components.evaluation.code_sources import fitted_prior
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.image_kinds import FITTED, RECONSTRUCTED, SAMPLES, TRAINING_IMAGES, real_features
from vaeflow.components.evaluation.needs import Prospect
from vaeflow.components.evaluation.study import Study
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.components.feature_learning.network import load_network
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.family.autoencoder.config import AutoencoderConfig
from vaeflow.models.family.vae.config import VAEConfig

SAMPLE = 90


@pytest.fixture(scope="module")
def study(toy_subject, tmp_path_factory) -> Study:
    config = EvaluateConfig(importance_samples=1, sample=SAMPLE, batch_size=40)
    return begin(config, read_subject(*toy_subject), output=tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def network(toy_subject) -> keras.Model:
    return load_network(toy_subject[2])


@pytest.fixture(scope="module")
def images(study, digits) -> np.ndarray:
    return digits.images[600:760][study.measured.sample.indices]


def same(features: np.ndarray, images: np.ndarray | tf.Tensor, network: keras.Model) -> None:
    assert len(features) == SAMPLE
    np.testing.assert_allclose(features, network(tf.cast(images, tf.float32)), atol=1e-5)


def test_test_images_are_seen_in_grey_though_the_model_sees_them_binarised(study, network, images):
    same(study.once(real_features), images / 255, network)


def test_training_images_are_the_last_ones(study, network, digits):
    same(TRAINING_IMAGES.features(study), digits.images[600 - SAMPLE : 600] / 255, network)


def test_reconstructions_are_those_of_the_sample(study, network, images):
    same(RECONSTRUCTED.features(study), study.subject.network.reconstruct(images), network)


def test_samples_are_generated_by_the_model(study, network):
    same(SAMPLES.features(study), study.subject.network.generate(SAMPLE, [study.settings.seed, 3]), network)


def test_images_of_the_fitted_prior_are_decoded_from_its_codes(study, network):
    codes = study.once(fitted_prior).sample(SAMPLE, seed=[study.settings.seed, 3])
    same(FITTED.features(study), study.subject.network.decode(codes), network)


def test_an_autoencoder_has_images_of_its_fitted_prior_but_no_samples():
    vae, autoencoder = (Prospect(config, DataConfig()) for config in (VAEConfig(), AutoencoderConfig()))
    for kind, of_vae, of_autoencoder in ((SAMPLES, True, False), (FITTED, True, True), (RECONSTRUCTED, True, True)):
        assert all(need.met_by(vae) for need in kind.needs) == of_vae
        assert all(need.met_by(autoencoder) for need in kind.needs) == of_autoencoder
