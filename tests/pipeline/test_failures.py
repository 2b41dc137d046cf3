"""One line says what went wrong, whichever library says it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.pipeline.failures import one_line


class Checked(keras.layers.Layer):
    def call(self, inputs):
        return tf.debugging.check_numerics(inputs, "the input")


def test_errors_in_graphs_are_told_by_their_reason():
    model = keras.Sequential([Checked(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        model.fit(np.full((2, 1), np.inf), np.ones((2, 1)), verbose=0)
    assert one_line(caught.value) == "InvalidArgumentError: the input : Tensor had Inf values"


def test_errors_in_traced_code_are_told_by_their_reason():
    @tf.function
    def broken(x):
        return tf.reshape(x, [4])

    with pytest.raises(ValueError, match="reshape") as caught:
        broken(tf.ones([3]))
    assert one_line(caught.value).startswith("ValueError: Cannot reshape a tensor with 3 elements")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("what happened\nand where"), "ValueError: what happened"),
        (KeyError(), "KeyError: "),
        (RuntimeError("nothing follows:"), "RuntimeError: nothing follows:"),
    ],
)
def test_other_errors_are_told_by_their_first_line(error, line):
    assert one_line(error) == line
