"""Labels are integers [n] from -1 to below the number of classes, everywhere; weights are refused."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.inputs.toy import IMAGES, LABELS, SEED
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError

ENTRANCES: dict[str, Callable[[LatentVariableModel, Any], Any]] = {
    "fit": lambda model, labels: model.fit(IMAGES, labels, verbose=0),
    "validation_data": lambda model, labels: model.fit(IMAGES, validation_data=(IMAGES, labels), verbose=0),
    "evaluate": lambda model, labels: model.evaluate(IMAGES, y=labels, verbose=0),
    "train_on_batch": lambda model, labels: model.train_on_batch(IMAGES, labels),
    "test_on_batch": lambda model, labels: model.test_on_batch(IMAGES, labels),
    "embed": lambda model, labels: model.embed(IMAGES, labels),
    "elbo": lambda model, labels: model.elbo(IMAGES, SEED, labels=labels),
    "generator": lambda model, labels: model.evaluate(iter([(IMAGES, labels)]), verbose=0),
}
EXPECTED = r"labels: expected integers from -1 \(unknown\) to 2, of shape \[12\], got"
ONE_ARRAY = "labels: expected one array of numbers, got"
WRONG = {
    "no class": (np.full(12, 99), f"{EXPECTED} integers from 99 to 99"),
    "below unknown": (LABELS - 2, f"{EXPECTED} integers from -2 to 0"),
    "beyond 32 bits": (LABELS + 2**40, f"{EXPECTED} integers from 1099511627776 "),
    "floats": (np.full(12, 0.7), f"{EXPECTED} float64"),
    "booleans": (LABELS > 1, f"{EXPECTED} bool"),
    "one-hot": (np.eye(3, dtype=int)[LABELS], rf"{EXPECTED} shape \[12, 3\]"),
    "a column": (LABELS[:, np.newaxis], rf"{EXPECTED} shape \[12, 1\]"),
    "images": (IMAGES, rf"{EXPECTED} shape \[12, 4, 3, 1\]"),
    "too few": (LABELS[:5], rf"{EXPECTED} shape \[5\]"),
    "one": (2, rf"{EXPECTED} shape \[\]"),
    "text": (["cat"] * 12, f"{EXPECTED} text"),
    "tensor of text": (tf.constant(["cat"] * 12), f"{EXPECTED} text"),
    "dates": (LABELS.astype("M8[Y]"), f"{EXPECTED} datetime64"),
    "objects": ([None] * 12, f"{ONE_ARRAY} list of other objects"),
    "a ragged list": ([[1], [1, 2]], f"{ONE_ARRAY} parts of different shapes"),
    "a dict": ({"label": LABELS}, f"{ONE_ARRAY} dict"),
    "a masked array": (np.ma.masked_array(LABELS, LABELS > 1), f"{ONE_ARRAY} MaskedArray"),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("wrong", WRONG)
def test_other_labels_are_an_error_by_name(classifier: LatentVariableModel, entrance: str, wrong: str):
    labels, message = WRONG[wrong]
    with pytest.raises(InputError, match=f"^{message}"):
        ENTRANCES[entrance](classifier, labels)


GIVEN = {
    "a list": LABELS.tolist(),
    "unsigned": LABELS.astype(np.uint64),
    "a tensor": tf.constant(LABELS),
    "a variable": keras.Variable(LABELS, dtype="int32"),
}


@pytest.mark.parametrize("given", GIVEN)
def test_integers_in_any_form_are_the_same_labels(classifier: LatentVariableModel, given: str):
    expected = classifier.test_on_batch(IMAGES, LABELS, return_dict=True)
    assert classifier.test_on_batch(IMAGES, GIVEN[given], return_dict=True) == expected
    np.testing.assert_array_equal(classifier.embed(IMAGES, GIVEN[given]), classifier.embed(IMAGES, LABELS))


def test_a_model_of_images_without_classes_ignores_any_label(unlabelled: LatentVariableModel):
    expected = unlabelled.test_on_batch(IMAGES)
    assert unlabelled.test_on_batch(IMAGES, np.full(12, 99)) == expected
    with pytest.raises(InputError, match=r"^labels: expected integers of at least -1 \(unknown\), .* from -2 to -2"):
        unlabelled.test_on_batch(IMAGES, np.full(12, -2))


def test_a_class_to_generate_is_never_unknown(classifier: LatentVariableModel):
    assert classifier.generate_class([0, 2], SEED).shape == (2, 4, 3, 1)
    for generate in (
        lambda classes: classifier.generate_class(classes, SEED),
        lambda classes: classifier.sample_class_codes(classes, SEED),
        lambda classes: classifier.class_codes(np.zeros((1, 2)), classes),
    ):
        for wrong, got in (([-1], "integers from -1 to -1"), ([3], "integers from 3 to 3"), ([0.5], "float64")):
            with pytest.raises(InputError, match=rf"^classes: expected integers from 0 to 2, .* got {got}"):
                generate(wrong)


def test_codes_without_a_class_each_are_an_error_by_name(classifier: LatentVariableModel):
    with pytest.raises(InputError, match=r"^classes: expected one for each of \[2\] codes, got 3$"):
        classifier.class_codes(np.zeros((2, 2)), [0, 1, 2])


WEIGHTS = np.ones(12)
WEIGHTED: dict[str, Callable[[LatentVariableModel], Any]] = {
    "fit": lambda model: model.fit(IMAGES, sample_weight=WEIGHTS),
    "fit with labels": lambda model: model.fit(IMAGES, LABELS, sample_weight=WEIGHTS),
    "evaluate": lambda model: model.evaluate(IMAGES, sample_weight=WEIGHTS),
    "evaluate by position": lambda model: model.evaluate(IMAGES, LABELS, 4, 0, WEIGHTS),
    "train_on_batch": lambda model: model.train_on_batch(IMAGES, sample_weight=WEIGHTS),
    "test_on_batch": lambda model: model.test_on_batch(IMAGES, LABELS, WEIGHTS),
    "validation_data": lambda model: model.fit(IMAGES, validation_data=(IMAGES, LABELS, WEIGHTS)),
    "a dataset": lambda model: model.fit(tf.data.Dataset.from_tensors((IMAGES, LABELS, WEIGHTS))),
    "a generator": lambda model: model.evaluate(iter([(IMAGES, LABELS, WEIGHTS)])),
}


@pytest.mark.parametrize("entrance", WEIGHTED)
def test_sample_weights_are_refused_with_and_without_labels(classifier: LatentVariableModel, entrance: str):
    with pytest.raises(InputError, match=r"^sample_weight: expected none"):
        WEIGHTED[entrance](classifier)


def test_class_weights_are_refused(classifier: LatentVariableModel):
    with pytest.raises(InputError, match=r"^class_weight: expected none"):
        classifier.fit(IMAGES, LABELS, class_weight={0: 2.0})
