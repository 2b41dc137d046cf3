"""Images enter a model through one door: uint8 is 0 to 255 and is observed, floats are x, anything else is refused."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.inputs.toy import CLASSIFYING, IMAGES, LABELS, PLAIN, SEED, SHAPE, compiled
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError
from vaeflow.models.image_model import MOST_AT_ONCE
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.scoring import Scoring

LOOPS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
METHODS = {
    "posterior": lambda model, x: model.posterior(x).mean(),
    "elbo": lambda model, x: model.elbo(x, SEED).total,
    "log_weights": lambda model, x: model.log_weights(x, 2, SEED),
    "joint_sample": lambda model, x: model.joint_sample(x, 2, SEED).z,
    "embed": lambda model, x: model.embed(x),
    "reconstruct": lambda model, x: model.reconstruct(x),
    "classify": lambda model, x: model.classify(x),
    "encode": lambda model, x: model.encode(x).mean,
    "errors": lambda model, x: model.errors(x),
    "score": lambda model, x: model.score(x),
    "log_classes": lambda model, x: model.log_classes(x=x),
    "call": lambda model, x: model(x),
    "predict": lambda model, x: model.predict(x, verbose=0),
    "predict_on_batch": lambda model, x: model.predict_on_batch(x),
    "evaluate": lambda model, x: model.evaluate(x, verbose=0),
    "a graph": lambda model, x: tf.function(model.embed)(x),
}


@pytest.fixture(scope="module")
def binarising() -> LatentVariableModel:
    model = compiled(binarise="static")
    model.scoring = Scoring(threshold=0.2)
    return model


@pytest.mark.parametrize("name", METHODS)
def test_stored_images_and_what_is_observed_of_them_are_the_same_to_every_method(
    binarising: LatentVariableModel, name: str
):
    x = binarising.observe(IMAGES)
    assert set(np.unique(x)) == {0.0, 1.0}
    given, grey = (METHODS[name](binarising, images) for images in (IMAGES, IMAGES / 255))
    np.testing.assert_allclose(METHODS[name](binarising, x.numpy().astype(np.float64)), given, atol=1e-6)
    assert not np.allclose(grey, given)


def test_a_classifier_may_see_grey_values_and_nothing_else_does(binarising: LatentVariableModel):
    embedded, grey = binarising.embed(IMAGES), binarising.classify(IMAGES / 255)
    binarising.classifies_grey = True
    try:
        np.testing.assert_allclose(binarising.classify(IMAGES), grey, atol=1e-6)
        np.testing.assert_array_equal(binarising.embed(IMAGES), embedded)
    finally:
        binarising.classifies_grey = False


def fitted(config: ModelConfig, images: np.ndarray | tf.data.Dataset, *labels: np.ndarray) -> dict[str, list[float]]:
    return compiled(config).fit(images, *labels, epochs=2, shuffle=False, verbose=0).history


@pytest.mark.full
@pytest.mark.parametrize("labels", [(), (LABELS,)], ids=["without labels", "with labels"])
def test_fit_learns_the_same_from_pixels_and_from_floats(labels: tuple):
    history = fitted(PLAIN, IMAGES, *labels)
    for dtype in (np.float16, np.float64):
        assert fitted(PLAIN, (IMAGES / 255).astype(dtype), *labels)["elbo"] == pytest.approx(history["elbo"], abs=0.01)
    batches = tf.data.Dataset.from_tensor_slices((np.float32(IMAGES / 255), *labels)).batch(32)
    assert fitted(PLAIN, batches)["elbo"] == pytest.approx(history["elbo"], abs=0.01)


@pytest.mark.full
def test_images_without_labels_are_images_whose_labels_are_unknown():
    assert fitted(CLASSIFYING, IMAGES) == fitted(CLASSIFYING, IMAGES, np.full(12, -1))


@pytest.mark.parametrize("validation_data", [IMAGES / 255, (IMAGES,), (IMAGES, None), [IMAGES, np.full(12, -1)]])
def test_validation_data_needs_no_labels_and_may_be_a_list(
    binarising: LatentVariableModel, validation_data: np.ndarray | tuple | list
):
    history = binarising.fit(IMAGES, LABELS, validation_data=validation_data, verbose=0).history
    assert np.isfinite(history["val_elbo"]).all()


PIXELS = r"expected uint8 from 0 to 255, or floats in \[0, 1\], got"
SHAPED = r"expected shape \[batch, 4, 3, 1\], got"
ONE_ARRAY = "expected one array of numbers, got"
WRONG = {
    "nothing": (None, f"{ONE_ARRAY} None"),
    "pixels as floats": (IMAGES.astype(np.float32), f"{PIXELS} floats from 0 to 255"),
    "from -1 to 1": (IMAGES / 127.5 - 1, f"{PIXELS} floats from -1 to 1"),
    "not a number": (np.full((2, *SHAPE), np.nan), f"{PIXELS} floats from nan to nan"),
    "wide integers": (IMAGES.astype(np.int64), f"{PIXELS} int64"),
    "booleans": (IMAGES > 9, f"{PIXELS} bool"),
    "text": (IMAGES.astype(str), f"{PIXELS} text"),
    "no channels": (IMAGES[..., 0], rf"{SHAPED} \[12, 4, 3\]"),
    "one image": (IMAGES[0], rf"{SHAPED} \[4, 3, 1\]"),
    "another size": (IMAGES[:, :3], rf"{SHAPED} \[12, 3, 3, 1\]"),
    "other channels": (np.repeat(IMAGES, 3, axis=-1), rf"{SHAPED} \[12, 4, 3, 3\]"),
    "several batches": (np.stack([IMAGES, IMAGES]), rf"{SHAPED} \[2, 12, 4, 3, 1\]"),
    "an array in a list": ([IMAGES], rf"{SHAPED} \[1, 12, 4, 3, 1\]"),
    "no image": (IMAGES[:0], rf"{SHAPED} \[0, 4, 3, 1\]"),
    "several sizes": ([IMAGES[0], IMAGES[0, :3]], f"{ONE_ARRAY} parts of different shapes"),
    "images and labels": ((IMAGES, LABELS), f"{ONE_ARRAY} parts of different shapes"),
    "a dict": ({"image": IMAGES}, f"{ONE_ARRAY} dict"),
    "objects": (IMAGES.astype(object), f"{ONE_ARRAY} ndarray of other objects"),
    "a masked array": (np.ma.masked_array(IMAGES, IMAGES > 9), f"{ONE_ARRAY} MaskedArray"),
    "a sparse tensor": (tf.sparse.from_dense(IMAGES), f"{ONE_ARRAY} SparseTensor"),
    "a ragged tensor": (tf.RaggedTensor.from_tensor(tf.constant(IMAGES)), f"{ONE_ARRAY} RaggedTensor"),
}


@pytest.mark.parametrize("method", [*LOOPS, "embed", "elbo", "classify", "observe", "__call__"])
@pytest.mark.parametrize("wrong", WRONG)
def test_anything_else_is_an_error_by_name(binarising: LatentVariableModel, method: str, wrong: str):
    images, message = WRONG[wrong]
    arguments = {"seed": SEED} if method == "elbo" else {}
    with pytest.raises(InputError, match=rf"^images: {message}"):
        getattr(binarising, method)(images, **arguments)


@pytest.mark.parametrize(("method", "options"), [("fit", {"shuffle": False}), ("evaluate", {}), ("predict", {})])
def test_a_dataset_of_floats_outside_their_range_is_an_error_by_name(
    binarising: LatentVariableModel, method: str, options: dict
):
    batches = tf.data.Dataset.from_tensor_slices(IMAGES / 50).batch(4)
    with pytest.raises(InputError, match=rf"^images: {PIXELS} floats from 0 to 5.1 in a batch"):
        getattr(binarising, method)(batches, verbose=0, **options)


def test_validation_images_enter_through_the_same_door():
    with pytest.raises(InputError, match="got floats from 0 to 255"):
        compiled().fit(IMAGES, validation_data=(IMAGES.astype(np.float32), LABELS), verbose=0)


def test_errors_of_rounding_are_clipped(binarising: LatentVariableModel):
    x = binarising.observe(np.full((1, *SHAPE), 1.0000001))
    np.testing.assert_array_equal(x, np.ones((1, *SHAPE)))


@pytest.mark.parametrize("name", ["embed", "encode", "reconstruct", "classify", "score"])
def test_many_images_give_what_they_give_one_by_one(binarising: LatentVariableModel, name: str):
    many = np.tile(IMAGES, [MOST_AT_ONCE // len(IMAGES) + 2, 1, 1, 1])
    assert len(many) > MOST_AT_ONCE
    expected = np.concatenate([METHODS[name](binarising, IMAGES)] * (len(many) // len(IMAGES)))
    np.testing.assert_allclose(METHODS[name](binarising, many), expected, atol=1e-6)


def test_labels_of_many_images_are_those_of_each(binarising: LatentVariableModel):
    many = np.tile(IMAGES, [MOST_AT_ONCE // len(IMAGES) + 2, 1, 1, 1])
    for wrong in (np.zeros(len(many) + 1, int), np.zeros(len(many) - 1, int)):
        with pytest.raises(InputError, match="labels: expected integers"):
            binarising.embed(many, wrong)


def test_images_of_another_size_are_resized_if_it_is_known_how():
    model = compiled()
    rows, columns = SHAPE[:2]
    larger = IMAGES.repeat(2, axis=1).repeat(2, axis=2)
    with pytest.raises(InputError, match="images: expected shape"):
        model.embed(larger)
    model.scoring = Scoring()
    model.transform = lambda images: images[:, ::2, ::2]
    for name in ("embed", "encode", "reconstruct", "classify", "score"):
        expected = METHODS[name](model, IMAGES)
        for given in (larger, [*larger], larger / 255, tf.constant(larger / 255, tf.float32)):
            np.testing.assert_allclose(METHODS[name](model, given), expected, atol=1e-6)
    with pytest.raises(InputError, match=rf"^images: {PIXELS} floats from 0 to 255"):
        model.embed(larger.astype(np.float32))
    for unfit in (larger[:0], np.zeros((3, 2 * rows, 2 * columns, 5), np.uint8)):
        with pytest.raises(InputError, match="images: expected shape"):
            model.embed(unfit)


def test_a_sample_is_that_of_the_exported_signature_with_this_seed(binarising: LatentVariableModel):
    np.testing.assert_array_equal(binarising.sample(3, seed=7), binarising.generate(3, [7, 0]))
    np.testing.assert_array_equal(binarising.sample(3), binarising.generate(3, 0))


def test_a_model_without_a_threshold_has_no_score():
    with pytest.raises(InputError, match="score: expected a model of an evaluated run"):
        compiled().score(IMAGES)
