"""Tensors of gRPC, against TensorFlow's own conversion."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.serving.test_json import DTYPES, any_array
from vaeflow.serving.errors import ServingError
from vaeflow.serving.proto_tensors import array_of, proto_of

MOST = 10**6
words = arrays.arrays(object, arrays.array_shapes(min_dims=0, max_dims=3, max_side=3), elements=st.binary())


@given(st.sampled_from(DTYPES).flatmap(any_array))
def test_numbers_survive_both_ways(array):
    np.testing.assert_array_equal(array_of("x", tf.make_tensor_proto(array), MOST), array)
    proto = proto_of(array)
    assert not proto.tensor_content
    np.testing.assert_array_equal(tf.make_ndarray(proto), array)


@given(words)
def test_bytes_survive_both_ways(array):
    np.testing.assert_array_equal(array_of("x", tf.make_tensor_proto(array, tf.string), MOST), array)
    np.testing.assert_array_equal(tf.make_ndarray(proto_of(array)), array)


def proto(**fields):
    return tf.compat.v1.make_tensor_proto(1.0).__class__(**fields)


def shape(*sizes, unknown_rank=False):
    return {"dim": [{"size": size} for size in sizes], "unknown_rank": unknown_rank}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dtype": 1, "tensor_shape": shape(2), "tensor_content": b"\0\0\0\0"}, "tensor parsing error: x"),
        ({"dtype": 1, "tensor_shape": shape(1), "tensor_content": b"\0\0\0"}, "tensor parsing error: x"),
        ({"dtype": 1, "tensor_shape": shape(2**31, 2**31, 2**31), "float_val": [1]}, f"at most {MOST} bytes"),
        ({"dtype": 7, "tensor_shape": shape(10**6), "string_val": [b"a"]}, f"at most {MOST} bytes"),
        ({"dtype": 7, "tensor_shape": shape(2), "string_val": [b"a"]}, "expected a text for each element"),
        ({"dtype": 1, "tensor_shape": shape(-1), "float_val": [1]}, "expected a shape"),
        ({"dtype": 1, "tensor_shape": shape(unknown_rank=True), "float_val": [1]}, "expected a shape"),
        ({"dtype": 1, "tensor_shape": shape(2), "float_val": [1, 2, 3]}, "tensor parsing error: x"),
        ({"dtype": 1, "tensor_shape": shape(*[1] * 100), "float_val": [1]}, "tensor parsing error: x"),
        ({"dtype": 0}, "number 0 of DataType cannot be served"),
        ({"dtype": 20}, "number 20 of DataType cannot be served"),
        ({"dtype": 12345}, "number 12345 of DataType cannot be served"),
        ({"dtype": 4, "tensor_shape": shape(1), "int_val": [256]}, "tensor parsing error: x"),
    ],
)
def test_what_is_no_tensor_is_refused(fields, message):
    with pytest.raises(ServingError, match=message):
        array_of("x", proto(**fields), MOST)
