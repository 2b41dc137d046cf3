"""Seeds, counts, temperatures and codes are read right or refused by name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.models.inputs.toy import IMAGES, SEED
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError

WRONG: dict[str, tuple[list[Any], Callable[[LatentVariableModel, Any], Any]]] = {
    "seed": ([0.5, None, "ab", [0.5, 1], [1, 2, 3], [2**40, 0]], lambda model, seed: model.generate(2, seed)),
    "n": ([0, -1, 2.5, "3", None, [3], True, 10**12], lambda model, n: model.generate(n, SEED)),
    "num_samples": ([0, 1.5], lambda model, count: model.log_weights(IMAGES, count, SEED)),
    "temperature": ([-1, np.nan, np.inf, "x", None, [1.0]], lambda model, t: model.generate(2, SEED, temperature=t)),
    "z": (
        [
            3,
            "a",
            None,
            np.zeros((2, 3)),
            [[1], [1, 2]],
            np.full((2, 2), np.nan),
            [[0, -np.inf]],
            np.full((9, 2), 1e300),
        ],
        lambda model, z: model.decode(z),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_anything_else_is_an_error_by_name(unlabelled: LatentVariableModel, name: str):
    values, use = WRONG[name]
    for value in values:
        with pytest.raises(InputError, match=f"^{name}: expected .*, got "):
            use(unlabelled, value)


@pytest.mark.parametrize("seed", [[1, 2], (1, 2), np.array([1, 2]), tf.constant([1, 2], tf.int64)])
def test_the_same_integers_are_the_same_seed(unlabelled: LatentVariableModel, seed: Any):
    np.testing.assert_array_equal(unlabelled.generate(np.int64(2), seed), unlabelled.generate(2, SEED))
    np.testing.assert_array_equal(unlabelled.elbo(IMAGES, seed).total, unlabelled.elbo(IMAGES, SEED).total)


def test_codes_may_be_lists(unlabelled: LatentVariableModel):
    np.testing.assert_array_equal(unlabelled.decode([[0, 1]]), unlabelled.decode(tf.constant([[0.0, 1.0]])))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "int64"])
def test_codes_are_decoded_alike_in_a_graph_where_no_value_is_known(unlabelled: LatentVariableModel, dtype: str):
    z = tf.cast([[0, 1], [-2, 3]], dtype)
    np.testing.assert_allclose(tf.function(unlabelled.decode)(z), unlabelled.decode(z), atol=1e-6)
    np.testing.assert_allclose(tf.function(lambda: unlabelled.decode(z))(), unlabelled.decode(z), atol=1e-6)


def test_codes_that_are_not_finite_are_named(unlabelled: LatentVariableModel):
    with pytest.raises(InputError, match=r"^z: expected finite numbers, got nan$"):
        unlabelled.decode(np.full((2, 2), np.nan))


@pytest.mark.parametrize("ability", ["classify", "assign", "symbols"])
def test_what_a_model_cannot_do_is_an_error_by_name(unlabelled: LatentVariableModel, ability: str):
    with pytest.raises(InputError, match=r"^expected a model that .*, got vae$"):
        getattr(unlabelled, ability)(IMAGES)
