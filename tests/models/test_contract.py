"""What every model promises: one row per model, nothing else to write.

With a dense network every row is held to every promise. With the other networks some rows are trained and held to
their shapes, and the rest is `full`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError

from vaeflow.components.serving.saved_model import write_saved_model
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build, load
from vaeflow.models.classifiers.config import SupportVectorClassifier
from vaeflow.models.config import Config, DataSpec, Observation
from vaeflow.models.family.adgm.config import ADGMConfig
from vaeflow.models.family.autoencoder.config import AutoencoderConfig
from vaeflow.models.family.cvae.config import CVAEConfig
from vaeflow.models.family.dfc_vae.config import DFCVAEConfig
from vaeflow.models.family.fine_tuned.config import FineTunedConfig
from vaeflow.models.family.gumbel_vae.config import GumbelVAEConfig
from vaeflow.models.family.hierarchical_vae.config import HierarchicalVAEConfig
from vaeflow.models.family.ladder_vae.config import LadderVAEConfig
from vaeflow.models.family.m1.config import M1Config
from vaeflow.models.family.m1_m2.config import M1M2Config
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.family.sdgm.config import SDGMConfig
from vaeflow.models.family.vade.config import VaDEConfig
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.family.vae_gan.config import VAEGANConfig
from vaeflow.models.family.vq_vae.config import VQVAEConfig
from vaeflow.models.likelihoods.config import (
    BernoulliLikelihood,
    ContinuousBernoulliLikelihood,
    GaussianLikelihood,
    Likelihood,
)
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import ConvolutionalNetwork, DenseNetwork, Network, ResidualNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.registry import MODELS, model_class
from vaeflow.models.training.data import TrainingSet
from vaeflow.models.training.step import MAIN, Phase

SHAPE, CLASSES = (7, 5, 3), 3
DATA = DataSpec(image_shape=SHAPE, observation=Observation(binarise="dynamic", seed=1), num_classes=CLASSES)
SEED = tf.constant([3, 4])
LABELS = np.array([0, 1, 2, -1, 0, 1, 2, -1, 0, 1, 2, -1])
UPPER_LAYERS = ({"latent_dim": 3, "hidden": (8,)}, {"latent_dim": 2, "hidden": (6, 5)})
MODEL_ROWS = [
    VAEConfig(latent_dim=4),
    VAEConfig(latent_dim=4, posterior={"name": "full_covariance"}, prior={"name": "vamp", "components": 3}),
    VAEConfig(latent_dim=4, posterior={"name": "planar", "length": 3}, prior={"name": "mixture", "components": 3}),
    VAEConfig(latent_dim=4, posterior={"name": "radial", "length": 3}),
    VAEConfig(latent_dim=4, posterior={"name": "iaf", "hidden": (8,), "context": 5}),
    AutoencoderConfig(latent_dim=4, prior={"name": "mixture", "components": 2}),
    AutoencoderConfig(latent_dim=4, sparsity={"name": "l1"}, prior={"name": "gaussian"}),
    AutoencoderConfig(latent_dim=4, sparsity={"name": "kl"}),
    AutoencoderConfig(latent_dim=4, corruption={"name": "salt_and_pepper"}),
    HierarchicalVAEConfig(latent_dim=4, upper=UPPER_LAYERS),
    LadderVAEConfig(latent_dim=4, upper=UPPER_LAYERS),
    VAEGANConfig(latent_dim=4),
    DFCVAEConfig(latent_dim=4, features="classifier"),
    M1Config(latent_dim=4),
    M1Config(latent_dim=4, classifier=SupportVectorClassifier(max_images=20)),
    FineTunedConfig(latent_dim=4, pretrain_epochs=1),
    VaDEConfig(latent_dim=4, clusters=3),
    M2Config(latent_dim=4, hidden=(8,)),
    M1M2Config(latent_dim=4, hidden=(8, 6), m1_latent_dim=5, m1_epochs=1),
    ADGMConfig(latent_dim=4, hidden=(8,), auxiliary_dim=5),
    SDGMConfig(latent_dim=4, hidden=(8,), auxiliary_dim=5, normalisation="batch"),
    CVAEConfig(latent_dim=4, hidden=(8,), posterior={"name": "iaf", "hidden": (8,), "context": 5}),
    VQVAEConfig(latent_dim=4, positions=2, codebook_size=5, prior_width=8),
    GumbelVAEConfig(latent_dim=4, categories=3, straight_through=True),
]
LOOKING_INTO_NETWORKS = (VAEConfig, VAEGANConfig, DFCVAEConfig, FineTunedConfig, M2Config)
"""The plain VAE, and models that use the layers of a network or put others between its features."""
Choices = Mapping[type[Config], Sequence[Mapping[str, Any]]]
DENSE = DenseNetwork(hidden=(16,))
NETWORKS: Choices = {
    DenseNetwork: [{"hidden": (16,)}],
    ConvolutionalNetwork: [{"filters": (4, 6), "hidden": 8}],
    ResidualNetwork: [{"filters": (4, 6), "hidden": 8}],
}
LIKELIHOODS: Choices = {
    BernoulliLikelihood: [{}],
    ContinuousBernoulliLikelihood: [{}],
    GaussianLikelihood: [{"variance": variance} for variance in ("fixed", "learned", "per_pixel")],
}


def members(union: Any) -> set[type]:
    """The classes of an annotated union."""
    return set(get_args(get_args(union)[0]))


def test_every_choice_has_a_row():
    assert {type(row) for row in MODEL_ROWS} == set(MODELS)
    assert set(NETWORKS) == members(Network)
    assert set(LIKELIHOODS) == members(Likelihood)


def combined(part: str, kinds: Choices) -> Iterator[ModelConfig]:
    """Every row with every choice of one part, except for those that its configuration refuses as meaningless."""
    choices = [kind.model_validate(fields) for kind, variants in kinds.items() for fields in variants]
    for row in MODEL_ROWS:
        fields = {"network": DENSE} | {name: getattr(row, name) for name in row.model_fields_set}
        for choice in choices:
            try:
                yield type(row).model_validate(fields | {part: choice})
            except ValidationError:
                continue


def describe(config: ModelConfig) -> str:
    changed = config.model_dump(
        mode="json", exclude_unset=True, exclude={"name", "latent_dim", "network", "likelihood"}
    )
    likelihood = config.likelihood.model_dump(mode="json", exclude_defaults=True)
    return f"{config.name}-{config.network.name}-{changed}-{config.likelihood.name}-{likelihood}".replace(" ", "")


def trained(config: ModelConfig, data: TrainingSet) -> LatentVariableModel:
    keras.utils.set_random_seed(0)
    model = build(config, DATA)
    batch = (tf.constant(data.take(12).images), tf.constant(LABELS, tf.int32))
    model.initialise(data)
    for phase in (*model.phases(), Phase(MAIN, 1)):
        model.compile(keras.optimizers.Adam(1e-3), ElboObjective(), phase=phase.name)
        model.begin(phase.name, data)
        before = [np.array(weight) for weight in model.get_weights()]
        results = model.train_step(batch)
        assert np.isfinite([float(value) for value in results.values()]).all(), results
        assert not all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
        assert model.test_step(batch).keys() == results.keys()
    model.finish(data)
    return model


@pytest.fixture(scope="module")
def data(toy_training_set: type) -> TrainingSet:
    return toy_training_set(np.random.default_rng(0).integers(0, 256, (12, *SHAPE), dtype=np.uint8), LABELS)


@pytest.fixture(scope="module")
def images(data: TrainingSet) -> np.ndarray:
    return data.take(12).images


def labels() -> tf.Tensor:
    return tf.constant(np.maximum(LABELS, 0), tf.int32)


def likelihood_rows() -> Iterator[Any]:
    """Every likelihood with the plain VAE, and with every model one that is a density; all others are `full`."""
    for config in combined("likelihood", LIKELIHOODS):
        plain = config.model_copy(update={"likelihood": MODEL_ROWS[0].likelihood, "network": MODEL_ROWS[0].network})
        quick = plain == MODEL_ROWS[0] or isinstance(config.likelihood, ContinuousBernoulliLikelihood)
        yield pytest.param(config, id=describe(config), marks=() if quick else pytest.mark.full)


@pytest.mark.parametrize("config", list(likelihood_rows()))
def test_it_learns_with_every_likelihood(config: ModelConfig, data: TrainingSet):
    model = trained(config, data)
    assert np.isfinite(model.elbo(model.observe(data.take(12).images), SEED, labels()).total).all()


# ---------------------------------------------------------------- promises


class Promise(NamedTuple):
    """What models are held to, after a step of training in each phase; `made_by` tells which."""

    hold: Callable[..., None]
    made_by: Callable[[type[LatentVariableModel]], bool]
    every_network: bool


PROMISES: list[Promise] = []


def promise(
    made_by: Callable[[type[LatentVariableModel]], bool] = lambda model: True, *, every_network: bool = False
) -> Callable[[Callable[..., None]], None]:
    return lambda hold: PROMISES.append(Promise(hold, made_by, every_network))


@promise(every_network=True)
def shapes(model: LatentVariableModel, images: np.ndarray, folder: Path):
    x = model.observe(images)
    elbo = model.elbo(x, SEED, labels())
    assert elbo.log_likelihood.shape == elbo.kl.shape == elbo.total.shape == (12,)
    assert elbo.kl_terms.shape[0] == 12
    assert model.elbo(x, SEED, labels(), num_samples=3).total.shape == (12,)
    assert model.log_weights(x, 3, SEED, labels()).shape == (3, 12)
    assert model.embed(x, labels()).shape == (12, model.code_dim)
    assert model.posterior(x, labels()).stddev().shape == (12, model.code_dim)
    assert model.reconstruct(x, labels()).shape == x.shape
    assert model.generate(5, SEED).shape == (5, *SHAPE)
    assert model.sample_codes(5, SEED).shape == (5, model.code_dim)
    assert model.decode(tf.zeros((2, 3, model.code_dim))).shape == (2, 3, *SHAPE)


@promise(lambda model: model.classifies)
def class_probabilities(model: LatentVariableModel, images: np.ndarray, folder: Path):
    probabilities = model.classify(model.observe(images)).numpy()
    assert probabilities.shape == (12, CLASSES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@promise(lambda model: model.clusters)
def cluster_probabilities(model: LatentVariableModel, images: np.ndarray, folder: Path):
    np.testing.assert_allclose(tf.reduce_sum(model.assign(model.observe(images)), axis=1), np.ones(12), rtol=1e-5)


@promise(lambda model: model.generates_classes)
def images_of_a_chosen_class(model: LatentVariableModel, images: np.ndarray, folder: Path):
    z = tf.random.stateless_normal([4, model.latent_dim], SEED)
    codes = [model.class_codes(z, tf.fill([4], label)) for label in range(CLASSES)]
    assert codes[0].shape == (4, model.code_dim)
    assert not np.array_equal(model.decode(codes[0]), model.decode(codes[1]))


@promise()
def finite_terms_and_images_between_black_and_white(model: LatentVariableModel, images: np.ndarray, folder: Path):
    x = model.observe(images)
    assert np.isfinite(model.elbo(x, SEED, labels()).total).all()
    for decoded in (model.reconstruct(x, labels()), model.generate(4, SEED, temperature=5.0)):
        np.testing.assert_array_equal(decoded, np.clip(decoded, 0, 1))


@promise()
def a_decoder_that_adds_to_the_mean_image(model: LatentVariableModel, images: np.ndarray, folder: Path):
    network = model.decoder.network
    weights = network.get_weights()
    network.set_weights([np.zeros_like(weight) for weight in weights])
    generated = model.generate(2, SEED)
    network.set_weights(weights)
    np.testing.assert_allclose(generated, np.tile((images / 255).mean(axis=0), (2, 1, 1, 1)), atol=1e-4)


@promise(lambda model: model.bounds_likelihood)
def finite_weights(model: LatentVariableModel, images: np.ndarray, folder: Path):
    assert np.isfinite(model.log_weights(model.observe(images), 2, SEED, labels())).all()


def repeats(draw: Callable[[tf.Tensor], tf.Tensor]):
    np.testing.assert_array_equal(draw(SEED), draw(SEED))
    assert not np.array_equal(draw(SEED), draw(tf.constant([5, 6])))


@promise()
def samples_that_are_a_function_of_the_seed(model: LatentVariableModel, images: np.ndarray, folder: Path):
    repeats(lambda seed: model.generate(4, seed))


@promise(lambda model: model.bounds_likelihood and not model.quantises)
def estimates_that_are_a_function_of_the_seed(model: LatentVariableModel, images: np.ndarray, folder: Path):
    x = model.observe(images)
    repeats(lambda seed: model.log_weights(x, 2, seed, labels()))
    repeats(lambda seed: model.elbo(x, seed, labels()).total)


@promise(lambda model: model.bounds_likelihood)
def a_mean_log_weight_that_is_the_elbo(model: LatentVariableModel, images: np.ndarray, folder: Path):
    """Both are unbiased estimates of one number, whether the KL of the first is in closed form or sampled."""
    x, weights = model.observe(images[:2]), model.get_weights()
    model.set_weights([0.3 * weight for weight in weights])  # tame: one step leaves tails that no mean can be told of
    log_weights = model.log_weights(x, 400, SEED, labels()[:2]).numpy()
    elbo = model.elbo(x, tf.constant([7, 8]), labels()[:2], num_samples=400).total.numpy()
    model.set_weights(weights)
    tolerance = 6 * log_weights.std(axis=0) / 20 + 1e-3 * np.abs(elbo)
    assert (np.abs(log_weights.mean(axis=0) - elbo) < tolerance).all()


@promise()
def a_file_that_gives_the_same_model(model: LatentVariableModel, images: np.ndarray, folder: Path):
    model.save(folder / "model.keras")
    loaded = load(folder / "model.keras")
    x = model.observe(images)
    np.testing.assert_array_equal(loaded.observe(images), x)
    np.testing.assert_array_equal(loaded.reconstruct(x, labels()), model.reconstruct(x, labels()))
    np.testing.assert_array_equal(loaded.elbo(x, SEED, labels()).total, model.elbo(x, SEED, labels()).total)
    np.testing.assert_array_equal(loaded.generate(3, SEED), model.generate(3, SEED))
    assert loaded.config == model.config


@promise()
def a_graph_that_gives_the_same_output_for_any_batch(model: LatentVariableModel, images: np.ndarray, folder: Path):
    specs = [tf.TensorSpec((None, *SHAPE), tf.uint8, "images"), tf.TensorSpec((None,), tf.int32, "label")]
    reconstruct = tf.function(
        lambda images, label: {"images": model.reconstruct(model.observe(images), label)}, input_signature=specs
    )
    write_saved_model({"reconstruct": reconstruct}, folder)
    loaded = tf.saved_model.load(str(folder)).signatures["reconstruct"]
    for n in (1, 12):
        expected = model.reconstruct(model.observe(images[:n]), labels()[:n])
        answer = loaded(images=tf.constant(images[:n]), label=labels()[:n])
        np.testing.assert_allclose(answer["images"], expected, atol=1e-6)


def promises() -> Iterator[Any]:
    """Each model's promises in a row, so that it is trained once."""
    for config in combined("network", NETWORKS):
        for each in PROMISES:
            if each.made_by(model_class(config)):
                quick = config.network == DENSE or (each.every_network and isinstance(config, LOOKING_INTO_NETWORKS))
                name = f"{describe(config)}-{each.hold.__name__}"
                yield pytest.param(config, each.hold, id=name, marks=() if quick else pytest.mark.full)


@pytest.fixture(scope="module")
def model(request: pytest.FixtureRequest, data: TrainingSet) -> LatentVariableModel:
    """A model after a step of training in each of its phases."""
    return trained(request.param, data)


@pytest.mark.parametrize(("model", "hold"), list(promises()), indirect=["model"])
def test_it_keeps_its_promise(
    model: LatentVariableModel, hold: Callable[..., None], images: np.ndarray, tmp_path: Path
):
    hold(model, images, tmp_path)
