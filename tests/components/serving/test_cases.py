import dataclasses
import importlib.machinery

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.serving.cases import Case, check_in_fresh_process
from vaeflow.components.serving.check import ImportBlocker, check
from vaeflow.components.serving.saved_model import write_saved_model
from vaeflow.models.errors import RunError

X = np.array([[1.0, 2.0]], np.float32)


def saved(function, folder):
    write_saved_model({"serving_default": tf.function(function, [tf.TensorSpec([None, 2], tf.float32, "x")])}, folder)
    return folder


@pytest.fixture(scope="module")
def doubling(tmp_path_factory):
    weight = tf.Variable(2.0)
    return saved(lambda x: {"y": weight * x}, tmp_path_factory.mktemp("doubling"))


RIGHT = Case("serving_default", {"x": X}, {"y": 2 * X})


@pytest.mark.full
def test_right_answers_of_several_models_pass(doubling, tmp_path):
    halving = saved(lambda x: {"y": x / 2}, tmp_path)
    check_in_fresh_process({doubling: [RIGHT, RIGHT], halving: [dataclasses.replace(RIGHT, outputs={"y": X / 2})]})


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (2 * X + 0.25, r"y of case 1 of serving_default is off by 0\.25"),
        (2 * X[0], r"y of case 1 of serving_default has shape \(1, 2\), expected \(2,\)"),
    ],
)
def test_wrong_answer_is_told(doubling, tmp_path, expected, message):
    answers = enumerate([2 * X, expected])
    cases = {
        f"{case}/serving_default/{name}": array
        for case, y in answers
        for name, array in (("inputs/x", X), ("outputs/y", y))
    }
    np.savez(tmp_path / "cases.npz", **cases)
    with pytest.raises(SystemExit, match=message):
        check(str(doubling), str(tmp_path / "cases.npz"))


@pytest.mark.full
def test_model_that_needs_this_process_fails(tmp_path):
    needy = saved(
        lambda x: {"y": tf.ensure_shape(tf.numpy_function(lambda a: 2 * a, [x], tf.float32), [None, 2])}, tmp_path
    )
    with pytest.raises(RunError, match="fresh process"):
        check_in_fresh_process({needy: [RIGHT]})


@pytest.mark.parametrize("package", ["vaeflow", "vaeflow.models", "tensorflow_probability"])
def test_packages_that_serving_lacks_cannot_be_imported(package):
    with pytest.raises(ModuleNotFoundError, match="where models are served"):
        ImportBlocker().find_spec(package)


def test_other_packages_can_be_imported():
    assert ImportBlocker().find_spec("vaeflower") is None
    assert isinstance(importlib.machinery.PathFinder.find_spec("numpy"), importlib.machinery.ModuleSpec)
