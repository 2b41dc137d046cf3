"""What every model of the family must do: one row a model, nothing else to write."""

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import Observation
from vaeflow.models.model_config import (
    BernoulliLikelihood,
    ContinuousBernoulliLikelihood,
    ConvolutionalNetwork,
    DenseNetwork,
    GaussianLikelihood,
    ModelConfig,
)
from vaeflow.models.registry import MODELS, build, load

SHAPE = (7, 5, 3)
SEED = tf.constant([3, 4])
MODEL_ROWS = {"vae": ModelConfig(name="vae", latent_dim=4)}
NETWORKS = [DenseNetwork(hidden=(16,)), ConvolutionalNetwork(filters=(4, 6), hidden=8)]
LIKELIHOODS = [
    BernoulliLikelihood(),
    ContinuousBernoulliLikelihood(),
    *(GaussianLikelihood(variance=variance) for variance in ("fixed", "learned", "per_pixel")),
]


def parts() -> list[ModelConfig]:
    configs = []
    for row in MODEL_ROWS.values():
        configs += [
            row.model_copy(update={"network": NETWORKS[0], "likelihood": likelihood}) for likelihood in LIKELIHOODS
        ]
        configs.append(row.model_copy(update={"network": NETWORKS[1]}))
    return configs


def describe(config: ModelConfig) -> str:
    return f"{config.name}-{config.network.name}-{config.likelihood.name}-{getattr(config.likelihood, 'variance', '')}"


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (6, *SHAPE), dtype=np.uint8)


@pytest.fixture(scope="module", params=parts(), ids=describe)
def model(request: pytest.FixtureRequest) -> LatentVariableModel:
    return build(request.param, SHAPE, Observation(binarise="dynamic", seed=1))


def test_every_registered_model_has_a_row():
    assert MODEL_ROWS.keys() == MODELS.keys()


def test_shapes(model: LatentVariableModel, images: np.ndarray):
    x = model.observe(images)
    elbo = model.elbo(x, SEED)
    assert elbo.log_likelihood.shape == elbo.kl.shape == elbo.total.shape == (6,)
    assert model.log_weights(x, 3, SEED).shape == (3, 6)
    assert model.embed(x).shape == model.kl_per_dimension(x).shape == (6, model.latent_dim)
    assert model.reconstruct(x).shape == x.shape
    assert model.generate(5, SEED).shape == (5, *SHAPE)
    assert model.decode(tf.zeros((2, 3, model.latent_dim))).shape == (2, 3, *SHAPE)


def test_terms_are_finite_and_decoded_images_lie_between_black_and_white(
    model: LatentVariableModel, images: np.ndarray
):
    x = model.observe(images)
    assert np.isfinite(model.elbo(x, SEED).total).all()
    for decoded in (model.reconstruct(x), model.generate(4, SEED, temperature=5.0)):
        np.testing.assert_array_equal(decoded, np.clip(decoded, 0, 1))


def test_the_same_seed_gives_the_same_output_and_another_seed_another(model: LatentVariableModel, images: np.ndarray):
    x = model.observe(images)
    for draw in (
        lambda seed: model.elbo(x, seed).total,
        lambda seed: model.log_weights(x, 2, seed),
        lambda seed: model.generate(4, seed),
    ):
        np.testing.assert_array_equal(draw(SEED), draw(SEED))
        assert not np.array_equal(draw(SEED), draw(tf.constant([5, 6])))


def test_kl_is_the_sum_over_dimensions(model: LatentVariableModel, images: np.ndarray):
    x = model.observe(images)
    np.testing.assert_allclose(model.elbo(x, SEED).kl, tf.reduce_sum(model.kl_per_dimension(x), axis=1), rtol=1e-5)


def test_saved_and_loaded_it_gives_the_same_output(model: LatentVariableModel, images: np.ndarray, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = load(tmp_path / "model.keras")
    x = model.observe(images)
    np.testing.assert_array_equal(loaded.observe(images), x)
    np.testing.assert_array_equal(loaded.reconstruct(x), model.reconstruct(x))
    np.testing.assert_array_equal(loaded.elbo(x, SEED).total, model.elbo(x, SEED).total)
    assert loaded.config == model.config


def test_exported_graphs_take_any_batch_and_give_the_same_output(
    model: LatentVariableModel, images: np.ndarray, tmp_path
):
    served = tf.Module()
    served.model = model
    spec = tf.TensorSpec((None, *SHAPE), tf.uint8)
    served.reconstruct = tf.function(lambda batch: model.reconstruct(model.observe(batch)), input_signature=[spec])
    tf.saved_model.save(served, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    for batch in (images[:1], images):
        np.testing.assert_allclose(loaded.reconstruct(batch), model.reconstruct(model.observe(batch)), atol=1e-6)
