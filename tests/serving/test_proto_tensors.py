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


def same_as_in_tensorflow(tensor):
    dtype = tf.as_dtype(tensor.dtype)
    try:
        parsed = tf.io.parse_tensor(tensor.SerializeToString(), dtype)
    except tf.errors.InvalidArgumentError:
        with pytest.raises(ServingError):
            array_of("x", tensor, MOST)
    else:
        expected = np.asarray(parsed.numpy(), dtype.as_numpy_dtype)
        np.testing.assert_array_equal(array_of("x", tensor, MOST), expected, strict=True)


@given(
    st.sampled_from(DTYPES).flatmap(lambda dtype: arrays.arrays(dtype, st.integers(0, 30))),
    st.lists(st.integers(0, 3), max_size=3),
    st.just(b"") | st.binary(max_size=8),
)
def test_the_numbers_that_count_are_those_that_count_in_tensorflow(array, sizes, content):
    tensor = proto_of(array)
    tensor.MergeFrom(proto(tensor_content=content))
    tensor.tensor_shape.CopyFrom(proto(tensor_shape=shape(*sizes)).tensor_shape)
    same_as_in_tensorflow(tensor)


@pytest.mark.parametrize("sizes", [[0], [2, 0], [], [1], [2]])
@pytest.mark.parametrize("words", [[b"a", b""], [b"a", b"b", b"c"]])
def test_the_texts_that_count_are_those_that_count_in_tensorflow(sizes, words):
    same_as_in_tensorflow(proto(dtype=7, tensor_shape=shape(*sizes), string_val=words))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dtype": 1, "tensor_shape": shape(2), "tensor_content": b"\0\0\0\0"}, "tensor parsing error: x"),
        ({"dtype": 1, "tensor_shape": shape(1), "tensor_content": b"\0\0\0"}, "tensor parsing error: x"),
        ({"dtype": 1, "tensor_shape": shape(2**31, 2**31, 2**31), "float_val": [1]}, f"at most {MOST} bytes"),
        ({"dtype": 7, "tensor_shape": shape(10**6), "string_val": [b"a"]}, f"at most {MOST} bytes"),
        ({"dtype": 7, "tensor_shape": shape(2), "string_val": [b"a"]}, "expected a text in string_val for each"),
        ({"dtype": 7, "tensor_shape": shape(1), "tensor_content": b"\1a"}, "expected a text in string_val"),
        ({"dtype": 1, "tensor_shape": shape(-1), "float_val": [1]}, "expected a shape"),
        ({"dtype": 1, "tensor_shape": shape(unknown_rank=True), "float_val": [1]}, "expected a shape"),
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
