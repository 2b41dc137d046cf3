"""Tensors in JSON, against NumPy and Python's own JSON."""

import base64
import json

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vaeflow.serving.errors import ServingError
from vaeflow.serving.json_answers import answer
from vaeflow.serving.json_tensors import read_body, read_tensors
from vaeflow.serving.signature import Signature, Tensor

DTYPES = [np.float32, np.float64, np.uint8, np.int8, np.int32, np.int64, np.uint32, np.uint64, np.bool_]


def signature(dtype, *names):
    """A signature whose inputs have any shape."""
    return Signature("s", {name: Tensor(name, tf.as_dtype(dtype), None) for name in names or ("x",)}, {})


def read(text, dtype=np.float32, *names):
    body = text if isinstance(text, bytes) else text.encode()
    return read_tensors(read_body(body), signature(dtype, *names))


def any_array(dtype, min_dims=0):
    return arrays.arrays(dtype, arrays.array_shapes(min_dims=min_dims, max_dims=4, max_side=3))


@given(st.sampled_from(DTYPES).flatmap(any_array))
def test_columns_are_read_as_they_were_written(array):
    (read_array,) = read(json.dumps({"inputs": array.tolist()}), array.dtype).values()
    assert read_array.dtype == array.dtype
    np.testing.assert_array_equal(read_array, array)


@given(st.sampled_from(DTYPES).flatmap(lambda dtype: any_array(dtype, 1)))
def test_rows_are_read_as_they_were_written(array):
    rows = [{"a": row.tolist(), "b": row.tolist()} for row in array]
    found = read(json.dumps({"instances": rows}), array.dtype, "a", "b")
    np.testing.assert_array_equal(found["a"], array)
    np.testing.assert_array_equal(found["b"], array)


@given(st.sampled_from(DTYPES).flatmap(lambda dtype: any_array(dtype, 1)))
def test_answers_have_every_bit_of_the_outputs(array):
    for by_rows, key in ((True, "predictions"), (False, "outputs")):
        written = json.loads(answer({"y": array}, by_rows))
        np.testing.assert_array_equal(np.array(written[key], array.dtype).reshape(array.shape), array)


def test_floats_have_no_more_digits_than_they_need():
    assert answer({"y": np.float32([0.1, 2, 1 / 3])}, by_rows=False) == b'{"outputs":[0.1,2.0,0.33333334]}'
    assert answer({"y": np.float32([0.1, np.nan])}, by_rows=False) == b'{"outputs": [0.1, NaN]}'


def test_outputs_without_common_rows_cannot_be_asked_for_by_rows():
    outputs = {"a": np.zeros(2), "b": np.zeros(3)}
    with pytest.raises(ServingError, match="Tensor name: b has inconsistent batch size: 3 expecting: 2"):
        answer(outputs, by_rows=True)
    with pytest.raises(ServingError, match="Tensor name: a has no shape information"):
        answer({"a": np.float32(1)}, by_rows=True)
    assert json.loads(answer(outputs, by_rows=False)) == {"outputs": {"a": [0.0, 0.0], "b": [0.0, 0.0, 0.0]}}


@given(st.lists(st.binary()))
def test_bytes_are_read_and_written(values):
    objects = [{"b64": base64.b64encode(value).decode()} for value in values]
    (found,) = read(json.dumps({"inputs": objects}), np.bytes_).values()
    assert found.tolist() == values
    assert json.loads(answer({"y_bytes": found}, by_rows=False)) == {"outputs": objects}


@pytest.mark.parametrize("text", ["AAEC", "AAE=", "AAE", " AA EC\n"])
def test_base64_may_lack_its_padding_or_contain_space(text):
    (found,) = read(json.dumps({"inputs": [{"b64": text}]}), np.bytes_).values()
    assert found[0] in (b"\0\1\2", b"\0\1")


@pytest.mark.parametrize(
    ("value", "dtype", "message"),
    [
        ("[true]", np.float32, "JSON Value: true Type: True is not of expected type: float"),
        ("[1, true]", np.int32, "JSON Value: true Type: True is not of expected type: int32"),
        ("[0]", np.bool_, "JSON Value: 0 Type: Number is not of expected type: bool"),
        ("[null]", np.float32, "JSON Value: null Type: Null is not of expected type: float"),
        ("[1.0]", np.int64, "JSON Value: 1.0 Type: Number is not of expected type: int64"),
        ("[256]", np.uint8, "JSON Value: 256 Type: Number is not of expected type: uint8"),
        ("[-1]", np.uint64, "JSON Value: -1 Type: Number is not of expected type: uint64"),
        ("[18446744073709551616]", np.uint64, "is not of expected type: uint64"),
        ("[1, [2]]", np.float32, r"JSON Value: \[2\] Type: Array is not of expected type: float"),
        ("[[1], 2]", np.float32, "JSON Value: 2 found at incorrect level: 2"),
        ("[[1, 2], [3]]", np.float32, "Encountered list at unexpected size: 1 at level: 1 expected size: 2"),
        ('[{"x": 1}]', np.float32, "Type: Object is not of expected type: float"),
        (f"[1{'0' * 400}]", np.float32, "Number too big to be stored in double"),
        (f"[1{'0' * 5000}]", np.float32, "JSON Parse error: Exceeds the limit"),
        ("[" * 5000, np.float32, "JSON Parse error"),
        (f"{'[' * 900}1{']' * 900}", np.int8, "expected at most 32 lists inside each other, got 900"),
        ('["\\ud800"]', np.bytes_, "The surrogate pair in string is invalid"),
        ("[1]", np.complex64, "JSON has no values of type complex64"),
    ],
)
def test_values_that_do_not_fit_are_refused(value, dtype, message):
    with pytest.raises(ServingError, match=message):
        read(f'{{"inputs": {value}}}', dtype)


@pytest.mark.parametrize("body", [b"\xff", b'{"inputs": "\xc3"}'])
def test_text_that_is_not_utf8_is_refused(body):
    with pytest.raises(ServingError, match="JSON Parse error: expected UTF-8"):
        read(body)


def test_the_sentence_shows_the_beginning_of_a_long_value():
    with pytest.raises(ServingError) as raised:
        read(json.dumps({"inputs": [["x"] * 10_000]}), np.bytes_, "a", "b")
    assert len(str(raised.value)) < 400
    with pytest.raises(ServingError) as raised:
        read_body(json.dumps([1] * 10_000).encode())
    assert len(str(raised.value)) < 400
