"""Whatever yields batches is read like arrays, or refused by name, also for the last of its batches."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.inputs.toy import IMAGES, LABELS
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError

FLOATS = np.float32(IMAGES / 255)
SIZE = 4
from_slices = tf.data.Dataset.from_tensor_slices


class InBatches(keras.utils.PyDataset):
    """Batches of arrays."""

    def __init__(self, *arrays: np.ndarray, **options: Any):
        super().__init__(**options)
        self.arrays = arrays

    def __len__(self) -> int:
        return len(self.arrays[0]) // SIZE

    def __getitem__(self, index: int) -> Any:
        parts = tuple(array[index * SIZE : (index + 1) * SIZE] for array in self.arrays)
        return parts if len(parts) > 1 else parts[0]


def generated(*arrays: np.ndarray) -> Iterator[Any]:
    yield from (InBatches(*arrays)[index] for index in range(len(InBatches(*arrays))))


def unspecified(*arrays: np.ndarray) -> tf.data.Dataset:
    """A dataset that only knows the dtypes."""
    types = tuple(tf.as_dtype(array.dtype) for array in arrays)
    return tf.data.Dataset.from_generator(lambda: generated(*arrays), types if len(types) > 1 else types[0])


def dataset(*arrays: np.ndarray) -> tf.data.Dataset:
    return from_slices(arrays if len(arrays) > 1 else arrays[0]).batch(SIZE)


FORMS: dict[str, Callable[..., Any]] = {
    "a dataset": dataset,
    "a dataset without shapes": unspecified,
    "a generator": generated,
    "an iterator": lambda *arrays: iter(list(generated(*arrays))),
    "lists": lambda *arrays: (list(batch) for batch in generated(*arrays)),
    "a PyDataset": InBatches,
}
ENDLESS = pytest.mark.filterwarnings("ignore:Your input ran out of data")
"""Keras says so of a generator when it knows its length."""


@ENDLESS
@pytest.mark.parametrize("form", FORMS)
def test_batches_are_read_like_arrays(classifier: LatentVariableModel, form: str):
    expected = classifier.evaluate(IMAGES, LABELS, batch_size=SIZE, verbose=0, return_dict=True)
    for images in (IMAGES, FLOATS):
        found = classifier.evaluate(FORMS[form](images, LABELS), verbose=0, return_dict=True)
        assert found == pytest.approx(expected, rel=1e-5)
    expected = classifier.predict(IMAGES, verbose=0)
    np.testing.assert_allclose(classifier.predict(FORMS[form](IMAGES, LABELS), verbose=0), expected, atol=1e-6)


@ENDLESS
@pytest.mark.parametrize("form", ["a dataset", "a generator", "a PyDataset"])
def test_batches_without_labels_are_images_whose_labels_are_unknown(classifier: LatentVariableModel, form: str):
    expected = classifier.evaluate(IMAGES, np.full(12, -1), batch_size=SIZE, verbose=0, return_dict=True)
    found = classifier.evaluate(FORMS[form](IMAGES), verbose=0, return_dict=True)
    assert found == pytest.approx(expected, rel=1e-5)


LAST = np.arange(12) == 11
PIXELS = r"images: expected uint8 from 0 to 255, or floats in \[0, 1\], got"
LABELLED = r"labels: expected integers from -1 \(unknown\) to 2, of shape \[(batch|4)\], got"
WRONG: dict[str, tuple[tuple[np.ndarray, ...], str]] = {
    "wide integers": ((IMAGES.astype(np.int64),), f"{PIXELS} int64"),
    "floats beyond white, at last": (
        (FLOATS + 5 * LAST[:, np.newaxis, np.newaxis, np.newaxis].astype(np.float32),),
        f"{PIXELS} floats from 0 to [56]",
    ),
    "other channels": ((np.repeat(IMAGES, 3, axis=-1),), r"images: expected shape \[batch, 4, 3, 1\], got .*3.?\]"),
    "no channels": ((IMAGES[..., 0],), r"images: expected shape \[batch, 4, 3, 1\], got .*3\]"),
    "no class, at last": ((IMAGES, LABELS + 9 * LAST), f"{LABELLED} integers from 0 to 11"),
    "floats as labels": ((IMAGES, LABELS / 2), f"{LABELLED} float64"),
    "one-hot labels": ((IMAGES, np.eye(3, dtype=np.int64)[LABELS]), rf"{LABELLED} (shape )?\[.*3\]"),
    "images as labels": ((IMAGES, IMAGES), rf"{LABELLED} (shape )?\[.*4,? 3,? 1\]"),
}


# TensorFlow takes a second to end an iterator in use over what Python generates.
GENERATED = [pytest.param(form, marks=pytest.mark.full) for form in ("a dataset without shapes", "a generator")]


@pytest.mark.parametrize("form", ["a dataset", "a PyDataset", *GENERATED])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_batch_is_an_error_by_name(classifier: LatentVariableModel, form: str, wrong: str):
    arrays, message = WRONG[wrong]
    with pytest.raises(InputError, match=f"^{message}"):
        classifier.evaluate(FORMS[form](*arrays), verbose=0)


@pytest.mark.parametrize("form", ["a dataset", "a generator"])
def test_a_wrong_batch_of_the_validation_data_is_an_error_by_name(classifier: LatentVariableModel, form: str):
    arrays, message = WRONG["no class, at last"]
    with pytest.raises(InputError, match=f"^{message}"):
        classifier.fit(IMAGES, validation_data=FORMS[form](*arrays), verbose=0)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a dict": (lambda: from_slices({"image": IMAGES, "label": LABELS}).batch(4), "batch: .* a dict of image, label"),
    "a dict and labels": (lambda: from_slices(({"image": IMAGES}, LABELS)).batch(4), "images: .* got dict"),
    "four parts": (lambda: from_slices((IMAGES, *[LABELS] * 3)).batch(4), "batch: .* got 4 parts"),
    "sparse tensors": (lambda: from_slices(tf.sparse.from_dense(IMAGES)).batch(4), "images: .* got SparseTensorSpec"),
    "single images": (lambda: from_slices(IMAGES), r"images: expected shape \[batch, .* got \[4, 3, 1\]"),
    "several batches": (lambda: dataset(IMAGES).batch(2), r"images: expected .* got \[None, None, 4, 3, 1\]"),
    "no batch": (lambda: dataset(IMAGES).take(0), "images: expected batches of images, got none"),
    "no image": (
        lambda: dataset(IMAGES).map(lambda images: images[:0]),
        r"images: expected shape \[batch, 4, 3, 1\], got \[0 4 3 1\]",
    ),
    "fewer labels": (
        lambda: dataset(IMAGES).map(lambda images: (images, tf.zeros(3, tf.int64))),
        r"labels: .* got \[3\] for \[4\] images",
    ),
    "an empty generator": (lambda: iter(()), "images: expected batches of images, got none"),
    "an empty PyDataset": (lambda: InBatches(IMAGES[:0]), "images: expected batches of images, got none"),
    "a generator of dicts": (lambda: iter([{"image": IMAGES}]), "batch: .* a dict of image"),
    "a generator of images": (lambda: iter(IMAGES), r"images: expected .* got \[4, 3, 1\]"),
    "a generator of text": (lambda: iter("text"), f"{PIXELS} text"),
    "a generator of two dtypes": (
        lambda: iter([IMAGES, IMAGES, FLOATS]),
        "images: expected uint8, as in the first batch, got float32",
    ),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_batches_of_another_form_are_an_error_by_name(classifier: LatentVariableModel, refused: str):
    make, message = REFUSED[refused]
    with pytest.raises(InputError, match=f"^{message}"):
        classifier.evaluate(make(), verbose=0)
    with pytest.raises(InputError, match=f"^{message}"):
        classifier.predict(make(), verbose=0)


def test_batches_of_another_dtype_are_not_converted_to_that_of_the_first(classifier: LatentVariableModel):
    class TwoDtypes(InBatches):
        def __getitem__(self, index: int) -> np.ndarray:
            return IMAGES[:SIZE] if index < 2 else FLOATS[:SIZE]

    with pytest.raises(InputError, match=r"^images: expected uint8, as in the first batch, got float32"):
        classifier.evaluate(TwoDtypes(IMAGES), verbose=0)


@ENDLESS
@pytest.mark.parametrize("loop", ["fit", "evaluate", "predict"])
def test_a_dataset_that_turns_out_to_be_empty_is_an_error_by_name(classifier: LatentVariableModel, loop: str):
    options = {"shuffle": False} if loop == "fit" else {}
    with pytest.raises(InputError, match=r"^images: expected batches of images, got none"):
        getattr(classifier, loop)(dataset(IMAGES).filter(lambda images: False), verbose=0, **options)


@pytest.mark.parametrize("form", ["a dataset", "a generator", "a PyDataset"])
def test_labels_apart_from_their_batches_are_an_error_by_name(classifier: LatentVariableModel, form: str):
    with pytest.raises(InputError, match=r"^labels: expected them in the batches with the images, got them separately"):
        classifier.evaluate(FORMS[form](IMAGES), LABELS, verbose=0)


def test_batches_are_no_single_batch(classifier: LatentVariableModel):
    for method in (classifier.train_on_batch, classifier.predict_on_batch, classifier.embed):
        with pytest.raises(InputError, match=r"^images: expected one array of numbers, got _BatchDataset"):
            method(dataset(IMAGES))


def test_batches_are_not_split(classifier: LatentVariableModel):
    with pytest.raises(InputError, match=r"^validation_split: expected arrays to split"):
        classifier.fit(dataset(IMAGES), validation_split=0.5)


@pytest.mark.parametrize("wrong", [[], (IMAGES, LABELS, None, None), {"image": IMAGES}])
def test_validation_data_of_another_form_are_an_error_by_name(classifier: LatentVariableModel, wrong: Any):
    with pytest.raises(InputError, match=r"^batch: expected images, or images and labels in this order"):
        classifier.fit(IMAGES, validation_data=wrong, verbose=0)


@pytest.mark.full
def test_fit_takes_single_and_several_batches_in_any_order(unlabelled: LatentVariableModel):
    for batches in (dataset(IMAGES, LABELS), dataset(IMAGES, LABELS).batch(3), dataset(IMAGES, LABELS)):
        history = unlabelled.fit(batches, shuffle=False, verbose=0).history
        assert np.isfinite(history["elbo"]).all()
