"""Images enter a model through one door: uint8 is 0 to 255 and is observed, floats are x, anything else is refused."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.errors import InputError
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective

SHAPE, SEED = (4, 3, 1), tf.constant([1, 2])
IMAGES = np.random.default_rng(0).integers(0, 256, (12, *SHAPE), dtype=np.uint8)
IMAGES[:, 0, 0] = 0
IMAGES[:, 1, 0] = 255
LABELS = np.arange(12) % 3
LOOPS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
METHODS = {
    "posterior": lambda model, x: model.posterior(x).mean(),
    "elbo": lambda model, x: model.elbo(x, SEED).total,
    "log_weights": lambda model, x: model.log_weights(x, 2, SEED),
    "joint_sample": lambda model, x: model.joint_sample(x, 2, SEED).z,
    "embed": lambda model, x: model.embed(x),
    "reconstruct": lambda model, x: model.reconstruct(x),
    "classify": lambda model, x: model.classify(x),
    "log_classes": lambda model, x: model.log_classes(x=x),
    "call": lambda model, x: model(x),
    "predict": lambda model, x: model.predict(x, verbose=0),
    "predict_on_batch": lambda model, x: model.predict_on_batch(x),
    "evaluate": lambda model, x: model.evaluate(x, verbose=0),
    "a graph": lambda model, x: tf.function(model.embed)(x),
}


NETWORK = DenseNetwork(hidden=(6,))
PLAIN = VAEConfig(latent_dim=2, network=NETWORK)
CLASSIFYING = M2Config(latent_dim=2, hidden=(5,), network=NETWORK)


def compiled(config: ModelConfig = CLASSIFYING, binarise: str = "none") -> LatentVariableModel:
    keras.utils.set_random_seed(3)
    model = build(config, DataSpec(image_shape=SHAPE, observation=Observation(binarise=binarise), num_classes=3))
    model.compile(keras.optimizers.Adam(0.01), ElboObjective(), jit_compile=False)
    return model


@pytest.fixture(scope="module")
def binarising() -> LatentVariableModel:
    return compiled(binarise="static")


@pytest.mark.parametrize("name", METHODS)
def test_stored_images_and_what_is_observed_of_them_are_the_same_to_every_method(
    binarising: LatentVariableModel, name: str
):
    x = binarising.observe(IMAGES)
    assert set(np.unique(x)) == {0.0, 1.0}
    given, grey = (METHODS[name](binarising, images) for images in (IMAGES, IMAGES / 255))
    np.testing.assert_allclose(METHODS[name](binarising, x.numpy().astype(np.float64)), given, atol=1e-6)
    assert not np.allclose(grey, given)


def fitted(config: ModelConfig, images: np.ndarray | tf.data.Dataset, *labels: np.ndarray) -> dict[str, list[float]]:
    return compiled(config).fit(images, *labels, epochs=2, shuffle=False, verbose=0).history


@pytest.mark.parametrize("labels", [(), (LABELS,)], ids=["without labels", "with labels"])
def test_fit_learns_the_same_from_pixels_and_from_floats(labels: tuple):
    history = fitted(PLAIN, IMAGES, *labels)
    for dtype in (np.float16, np.float64):
        assert fitted(PLAIN, (IMAGES / 255).astype(dtype), *labels)["elbo"] == pytest.approx(history["elbo"], abs=0.01)
    batches = tf.data.Dataset.from_tensor_slices((np.float32(IMAGES / 255), *labels)).batch(32)
    assert fitted(PLAIN, batches)["elbo"] == pytest.approx(history["elbo"], abs=0.01)


def test_images_without_labels_are_images_whose_labels_are_unknown():
    assert fitted(CLASSIFYING, IMAGES) == fitted(CLASSIFYING, IMAGES, np.full(12, -1))


def test_validation_data_needs_no_labels():
    history = compiled().fit(IMAGES, LABELS, validation_data=IMAGES / 255, verbose=0).history
    assert np.isfinite(history["val_elbo"]).all()


WRONG = {
    "pixels as floats": (IMAGES.astype(np.float32), r"in \[0, 1\], .* got floats from 0 to 255"),
    "from -1 to 1": (IMAGES / 127.5 - 1, r"in \[0, 1\], .* got floats from -1 to 1"),
    "not a number": (np.full((2, *SHAPE), np.nan), r"got floats from nan to nan"),
    "wide integers": (IMAGES.astype(np.int64), "expected uint8 .* got int64"),
    "booleans": (IMAGES > 9, "expected uint8 .* got bool"),
    "no channels": (IMAGES[..., 0], r"expected shape \[batch, 4, 3, 1\], got \[12, 4, 3\]"),
    "one image": (IMAGES[0], r"expected shape \[batch, 4, 3, 1\], got \[4, 3, 1\]"),
    "another size": (IMAGES[:, :3], r"expected shape \[batch, 4, 3, 1\], got \[12, 3, 3, 1\]"),
    "several sizes": ([IMAGES[0], IMAGES[0, :3]], "images of the same shape"),
    "a generator": (iter(IMAGES), "expected uint8 .* got object"),
}


@pytest.mark.parametrize("method", [*LOOPS, "embed", "elbo", "classify", "observe"])
@pytest.mark.parametrize("wrong", WRONG)
def test_anything_else_is_an_error_by_name(binarising: LatentVariableModel, method: str, wrong: str):
    images, message = WRONG[wrong]
    arguments = {"seed": SEED} if method == "elbo" else {}
    with pytest.raises(InputError, match=rf"^images: .*{message}"):
        getattr(binarising, method)(images, **arguments)


@pytest.mark.parametrize(("method", "options"), [("fit", {"shuffle": False}), ("evaluate", {}), ("predict", {})])
def test_a_dataset_of_floats_outside_their_range_is_an_error_by_name(
    binarising: LatentVariableModel, method: str, options: dict
):
    batches = tf.data.Dataset.from_tensor_slices(IMAGES / 50).batch(4)
    with pytest.raises(InputError, match=r"^images: expected floats in \[0, 1\]"):
        getattr(binarising, method)(batches, verbose=0, **options)


def test_validation_images_enter_through_the_same_door():
    with pytest.raises(InputError, match="got floats from 0 to 255"):
        compiled().fit(IMAGES, validation_data=(IMAGES.astype(np.float32), LABELS), verbose=0)


def test_errors_of_rounding_are_clipped(binarising: LatentVariableModel):
    x = binarising.observe(np.full((1, *SHAPE), 1.0000001))
    np.testing.assert_array_equal(x, np.ones((1, *SHAPE)))


def test_sample_weights_are_refused(binarising: LatentVariableModel):
    with pytest.raises(InputError, match="sample_weight"):
        binarising.train_on_batch(IMAGES, LABELS, sample_weight=np.ones(12))
