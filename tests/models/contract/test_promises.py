"""What every model promises.

With a dense network the first row of every model is held to every promise, except that only the VAE is exported. With a
convolutional network some rows are trained and held to their shapes. The rest is `full`.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from tests.models.contract.rows import DENSE, MODEL_ROWS, NETWORKS, combined, describe
from tests.models.contract.toy import CLASSES, SEED, SHAPE, Trained, labels
from vaeflow.components.serving.saved_model import write_saved_model
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import load
from vaeflow.models.errors import InputError
from vaeflow.models.family.dfc_vae.config import DFCVAEConfig
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.family.vae_gan.config import VAEGANConfig
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.centring import Centring
from vaeflow.models.networks.config import ConvolutionalNetwork
from vaeflow.models.registry import model_class
from vaeflow.models.training.data import TrainingSet


def is_first_dense(config: ModelConfig) -> bool:
    """Whether it is the first row of its model, with a dense network."""
    first = next(row for row in MODEL_ROWS if type(row) is type(config))
    return config.network == DENSE and config.model_copy(update={"network": first.network}) == first


def looks_into_its_network(config: ModelConfig) -> bool:
    """Whether the model uses the layers of its convolutional network; or is the plain VAE."""
    plain = isinstance(config, VAEConfig) and "posterior" not in config.model_fields_set
    return isinstance(config.network, ConvolutionalNetwork) and (
        plain or isinstance(config, (VAEGANConfig, DFCVAEConfig))
    )


class Promise(NamedTuple):
    """What models are held to, after a step of training in each phase; `made_by` tells which.

    The quick suite holds those to it that `quick` chooses.
    """

    hold: Callable[[Trained, Path], None]
    made_by: Callable[[type[LatentVariableModel]], bool]
    quick: Callable[[ModelConfig], bool]


PROMISES: list[Promise] = []


def generates(model: type[LatentVariableModel]) -> bool:
    return model.config_class.generative


def promise(
    made_by: Callable[[type[LatentVariableModel]], bool] = generates,
    *,
    quick: Callable[[ModelConfig], bool] = is_first_dense,
) -> Callable[[Callable[[Trained, Path], None]], None]:
    return lambda hold: PROMISES.append(Promise(hold, made_by, quick))


@promise(quick=lambda config: is_first_dense(config) or looks_into_its_network(config))
def shapes(it: Trained, folder: Path):
    assert it.elbo.log_likelihood.shape == it.elbo.kl.shape == it.elbo.total.shape == (12,)
    assert it.elbo.kl_terms.shape[0] == 12
    assert it.model.elbo(it.x, SEED, labels(), num_samples=3).total.shape == (12,)
    assert it.log_weights.shape == (3, 12)
    assert it.model.embed(it.x, labels()).shape == (12, it.model.code_dim)
    assert it.model.posterior(it.x, labels()).stddev().shape == (12, it.model.code_dim)
    assert it.model.posterior(it.x, labels()).sample(seed=SEED).shape == (12, it.model.code_dim)
    assert it.model.descend(tf.zeros((2, it.model.code_dim)), 0).shape == (2, it.model.code_dim)
    assert it.reconstructions.shape == it.x.shape
    assert it.samples.shape == (4, *SHAPE)
    assert it.model.sample_codes(5, SEED).shape == (5, it.model.code_dim)
    assert it.model.decode(tf.zeros((2, 3, it.model.code_dim))).shape == (2, 3, *SHAPE)


@promise(lambda model: model.config_class.classifies)
def class_probabilities(it: Trained, folder: Path):
    probabilities = it.model.classify(it.x).numpy()
    assert probabilities.shape == (12, CLASSES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@promise(lambda model: model.config_class.has_clusters)
def cluster_probabilities(it: Trained, folder: Path):
    np.testing.assert_allclose(tf.reduce_sum(it.model.assign(it.x), axis=1), np.ones(12), rtol=1e-5)


@promise(lambda model: model.generates_classes)
def images_of_a_chosen_class(it: Trained, folder: Path):
    z = tf.random.stateless_normal([4, it.model.latent_dim], SEED)
    codes = [it.model.class_codes(z, tf.fill([4], label)) for label in range(CLASSES)]
    assert codes[0].shape == (4, it.model.code_dim)
    assert not np.array_equal(it.model.decode(codes[0]), it.model.decode(codes[1]))


@promise()
def finite_terms_and_images_between_black_and_white(it: Trained, folder: Path):
    assert np.isfinite(it.elbo.total).all()
    for decoded in (it.reconstructions, it.model.generate(4, SEED, temperature=5.0)):
        np.testing.assert_array_equal(decoded, np.clip(decoded, 0, 1))


@promise(lambda model: model.config_class.bounds_likelihood)
def finite_weights(it: Trained, folder: Path):
    assert np.isfinite(it.log_weights).all()


def is_function_of_seed(drawn: tf.Tensor, draw: Callable[[tf.Tensor], tf.Tensor]):
    np.testing.assert_array_equal(drawn, draw(SEED))
    assert not np.array_equal(drawn, draw(tf.constant([5, 6])))


@promise()
def samples_that_are_a_function_of_the_seed(it: Trained, folder: Path):
    is_function_of_seed(it.samples, lambda seed: it.model.generate(4, seed))


@promise(lambda model: model.config_class.bounds_likelihood and not model.config_class.quantises)
def estimates_that_are_a_function_of_the_seed(it: Trained, folder: Path):
    is_function_of_seed(it.log_weights, lambda seed: it.model.log_weights(it.x, 3, seed, labels()))
    is_function_of_seed(it.elbo.total, lambda seed: it.model.elbo(it.x, seed, labels()).total)


@promise(lambda model: model.config_class.bounds_likelihood)
def a_mean_log_weight_that_is_the_elbo(it: Trained, folder: Path):
    """Both are unbiased estimates of one number, whether the KL of the first is in closed form or sampled."""
    model, x, weights = it.model, it.x[:2], it.model.get_weights()
    model.set_weights([0.3 * weight for weight in weights])  # tame: one step leaves tails that no mean can be told of
    log_weights = model.log_weights(x, 400, SEED, labels()[:2]).numpy()
    elbo = model.elbo(x, tf.constant([7, 8]), labels()[:2], num_samples=400).total.numpy()
    model.set_weights(weights)
    tolerance = 6 * log_weights.std(axis=0) / 20 + 1e-3 * np.abs(elbo)
    assert (np.abs(log_weights.mean(axis=0) - elbo) < tolerance).all()


@promise()
def a_decoder_that_adds_to_the_mean_image(it: Trained, folder: Path):
    network = it.model.decoder.network
    weights = network.get_weights()
    network.set_weights([np.zeros_like(weight) for weight in weights])
    generated = it.model.generate(2, SEED)
    network.set_weights(weights)
    np.testing.assert_allclose(generated, np.tile((it.images / 255).mean(axis=0), (2, 1, 1, 1)), atol=1e-4)


@promise(lambda model: True)
def encoders_that_subtract_the_mean_image(it: Trained, folder: Path):
    centrings = [layer for layer in it.model._flatten_layers() if isinstance(layer, Centring)]
    assert centrings
    for centring in centrings:
        np.testing.assert_allclose(tf.reduce_mean(centring(it.images / 255), axis=0), np.zeros(SHAPE), atol=1e-6)


@promise(lambda model: not generates(model))
def codes_and_classes_without_a_decoder(it: Trained, folder: Path):
    assert it.model.embed(it.x).shape == it.model.posterior(it.x).stddev().shape == (12, it.model.code_dim)
    np.testing.assert_array_equal(it.model(it.images), it.model.classify(it.x))
    z = tf.zeros((2, it.model.code_dim))
    for refused in (
        lambda: it.elbo,
        lambda: it.reconstructions,
        lambda: it.samples,
        lambda: it.model.decode(z),
        lambda: it.model.log_weights(it.x, 2, SEED),
        lambda: it.model.score(it.x),
        lambda: it.model.errors(it.x),
        lambda: it.model.sample_codes(2, SEED),
    ):
        with pytest.raises(InputError, match=r"^expected a model that generates images, got classifier$"):
            refused()


@promise(lambda model: not generates(model))
def a_file_and_a_graph_that_give_the_same_classes(it: Trained, folder: Path):
    it.model.save(folder / "model.keras")
    loaded = load(folder / "model.keras")
    np.testing.assert_array_equal(loaded.classify(it.x), it.model.classify(it.x))
    np.testing.assert_array_equal(loaded.embed(it.x), it.model.embed(it.x))
    spec = [tf.TensorSpec((None, *SHAPE), tf.uint8, "images")]
    classify = tf.function(lambda images: {"p": it.model.classify(it.model.observe(images))}, input_signature=spec)
    write_saved_model({"classify": classify}, folder / "graph")
    served = tf.saved_model.load(str(folder / "graph")).signatures["classify"]
    for n in (1, 12):
        answer = served(images=tf.constant(it.images[:n]))["p"]
        np.testing.assert_allclose(answer, it.model.classify(it.x[:n]), atol=1e-6)


@promise()
def a_file_that_gives_the_same_model(it: Trained, folder: Path):
    it.model.save(folder / "model.keras")
    loaded = load(folder / "model.keras")
    np.testing.assert_array_equal(loaded.observe(it.images), it.x)
    np.testing.assert_array_equal(loaded.reconstruct(it.x, labels()), it.reconstructions)
    np.testing.assert_array_equal(loaded.elbo(it.x, SEED, labels()).total, it.elbo.total)
    np.testing.assert_array_equal(loaded.generate(4, SEED), it.samples)
    assert loaded.config == it.model.config


@promise(quick=lambda config: is_first_dense(config) and isinstance(config, VAEConfig))
def a_graph_that_gives_the_same_output_for_any_batch(it: Trained, folder: Path):
    specs = [tf.TensorSpec((None, *SHAPE), tf.uint8, "images"), tf.TensorSpec((None,), tf.int32, "label")]
    reconstruct = tf.function(
        lambda images, label: {"images": it.model.reconstruct(it.model.observe(images), label)}, input_signature=specs
    )
    write_saved_model({"reconstruct": reconstruct}, folder)
    loaded = tf.saved_model.load(str(folder)).signatures["reconstruct"]
    for n in (1, 12):
        answer = loaded(images=tf.constant(it.images[:n]), label=labels()[:n])
        np.testing.assert_allclose(answer["images"], it.reconstructions[:n], atol=1e-6)


def promises() -> Iterator[Any]:
    """Each model's promises in a row, so that it is trained once."""
    for config in combined("network", NETWORKS):
        for each in PROMISES:
            if each.made_by(model_class(config)):
                name = f"{describe(config)}-{each.hold.__name__}"
                yield pytest.param(config, each.hold, id=name, marks=() if each.quick(config) else pytest.mark.full)


@pytest.fixture(scope="module")
def trained_once(data: TrainingSet) -> Callable[[ModelConfig], Trained]:
    """`trained_once(config)` → a model after a step of training in each phase, the same for calls in a row."""
    return lru_cache(maxsize=1)(lambda config: Trained(config, data))


@pytest.mark.parametrize(("config", "hold"), list(promises()))
def test_it_keeps_its_promise(
    config: ModelConfig,
    hold: Callable[[Trained, Path], None],
    trained_once: Callable[[ModelConfig], Trained],
    tmp_path: Path,
):
    hold(trained_once(config), tmp_path)
