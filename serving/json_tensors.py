"""Tensors in JSON, by the rules of TensorFlow Serving's REST API (docs/serving.md)."""

import base64
import binascii
import json
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from vaeflow.serving.errors import ServingError, invalid
from vaeflow.serving.signature import DEFAULT, Arrays, Signature, Tensor

SIGNATURE, ROWS, COLUMNS = "signature_name", "instances", "inputs"
LONGEST_SHOWN = 256
MOST_AXES = 32
"""NumPy's limit. TensorFlow's is 254, which no image needs."""
_NUMBERS = frozenset({int, float})
_TYPES = {"i": frozenset({int}), "u": frozenset({int}), "f": _NUMBERS, "b": frozenset({bool})}
"""The types of JSON values, by the kind of an array's type. A bool is an int for Python, but not in JSON."""


class Body(NamedTuple):
    """The body of a request, of which the tensors are still JSON."""

    signature: str
    by_rows: bool
    tensors: Any


def read_body(body: bytes) -> Body:
    """Read the body of a request. Raises `ServingError` if it is no JSON, or has other keys than expected."""
    content = _parsed(body)
    if not isinstance(content, dict):
        raise invalid(f"JSON Value: {_shown(content)} Is not object")
    signature = content.get(SIGNATURE, DEFAULT)
    if not isinstance(signature, str):
        raise invalid(
            f"JSON Value: {_shown(content)} not formatted correctly. '{SIGNATURE}' key must be a string value."
        )
    given = [key for key in (ROWS, COLUMNS) if key in content]
    if len(given) == 2:
        raise invalid(
            f"JSON Value: {_shown(content)} Not formatted correctly expecting only one of '{COLUMNS}' or '{ROWS}' "
            "keys to exist "
        )
    if not given:
        raise invalid(f"Missing '{COLUMNS}' or '{ROWS}' key")
    return Body(signature or DEFAULT, given == [ROWS], content[given[0]])


def _parsed(body: bytes) -> Any:
    """The first value of a text: as for TensorFlow Serving, what follows does not count."""
    try:
        text = body.decode("utf-8-sig").lstrip(" \t\r\n")
        if not text:
            raise invalid("JSON Parse error: The document is empty")
        return json.JSONDecoder().raw_decode(text)[0]
    except UnicodeDecodeError as error:
        raise invalid(f"JSON Parse error: expected UTF-8 at offset: {error.start}") from None
    except json.JSONDecodeError as error:
        raise invalid(f"JSON Parse error: Invalid value. {error.msg} at offset: {error.pos}") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or thousands of nested lists
        raise invalid(f"JSON Parse error: {error}") from None


def read_tensors(body: Body, signature: Signature) -> Arrays:
    """The arrays of a request. Raises `ServingError` with the value that does not fit."""
    if not signature.inputs:
        raise invalid(f"Failed to get input map for signature: {signature.name}")
    return _by_rows(body.tensors, signature) if body.by_rows else _by_columns(body.tensors, signature)


def _by_columns(value: Any, signature: Signature) -> Arrays:
    if not isinstance(value, dict) or _is_binary(value):
        if len(signature.inputs) > 1:
            raise invalid(
                "inputs is a plain value/list, but expecting an object as multiple input tensors required as per "
                "tensorinfo_map"
            )
        ((name, tensor),) = signature.inputs.items()
        return {name: _array(value, tensor)}
    if missing := [name for name in signature.inputs if name not in value]:
        raise invalid(f"Missing named input: {missing[0]} in '{COLUMNS}' object.")
    return {name: _array(value[name], tensor) for name, tensor in signature.inputs.items()}


def _by_rows(rows: Any, signature: Signature) -> Arrays:
    if not isinstance(rows, list):
        raise invalid(f"JSON Value: {_shown(rows)} Expecting '{ROWS}' to be an list/array")
    if not rows:
        raise invalid(f"JSON Value: [] No values in '{ROWS}' array")
    objects = _is_object(rows[0])
    if not isinstance(rows[0], dict) and len(signature.inputs) > 1:
        raise invalid(
            f"{ROWS} is a plain list, but expecting list of objects as multiple input tensors required as per "
            "tensorinfo_map"
        )
    for number, row in enumerate(rows):
        if _is_object(row) != objects:
            expected, got = ("object", "list") if objects else ("value/list", "object")
            raise invalid(f"Expecting {expected} but got {got} at item {number} of input list")
        if objects and row.keys() != signature.inputs.keys():
            raise invalid(
                f"Failed to process element: {number} of '{ROWS}' list. JSON object: {_shown(row)} keys must be equal "
                f"to: {','.join(signature.inputs)}"
            )
    return {
        name: _rows([row[name] for row in rows] if objects else rows, tensor)
        for name, tensor in signature.inputs.items()
    }


def _rows(rows: Sequence[Any], tensor: Tensor) -> np.ndarray:
    try:
        return _array(rows, tensor)
    except ServingError as error:
        raise invalid(f"Failed to process element of '{ROWS}' list. Error: {error}") from None


def _array(value: Any, tensor: Tensor) -> np.ndarray:
    """The array of a nested list. Level by level, because the values of images are too many to look at one by one."""
    shape: list[int] = []
    level: Sequence[Any] = [value]
    while level and isinstance(level[0], list):
        if set(map(type, level)) != {list}:
            raise invalid(f"JSON Value: {_shown(_other(level, {list}))} found at incorrect level: {len(shape) + 1}")
        lengths = set(map(len, level))
        if len(lengths) > 1:
            raise invalid(
                f"Encountered list at unexpected size: {len(_other(level, {list}, len(level[0])))} at level: "
                f"{len(shape)} expected size: {len(level[0])}"
            )
        shape.append(lengths.pop())
        level = list(chain.from_iterable(level))
    if len(shape) > MOST_AXES:
        raise invalid(f"expected at most {MOST_AXES} lists inside each other, got {len(shape)}")
    if tensor.dtype == tf.string:
        return _strings(level).reshape(shape)
    return _numbers(level, tensor.dtype).reshape(shape)


def _numbers(values: Sequence[Any], dtype: tf.DType) -> np.ndarray:
    stored = np.dtype(dtype.as_numpy_dtype)
    expected = _TYPES.get(stored.kind)
    if expected is None:
        raise invalid(f"JSON has no values of type {dtype.name}")
    if not expected.issuperset(map(type, values)):
        raise _type_error(_other(values, expected), dtype)
    if stored.kind in "iu" and values:
        limits = np.iinfo(stored)
        for value in (min(values), max(values)):
            if not limits.min <= value <= limits.max:
                raise _type_error(value, dtype)
    try:
        with np.errstate(over="ignore"):  # a float that is too large is infinite, as in C++
            return np.array(values, stored)
    except OverflowError:
        raise invalid("JSON Parse error: Number too big to be stored in double.") from None


def _strings(values: Sequence[Any]) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = [_bytes(value) for value in values]
    return array


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise invalid("JSON Parse error: The surrogate pair in string is invalid.") from None
    if not isinstance(value, dict):
        raise _type_error(value, tf.string)
    if not _is_binary(value):
        raise invalid(f"JSON Value: {_shown(value)} not formatted correctly for base64 data")
    text = "".join(value["b64"].split()).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise invalid("Unable to base64 decode") from None


def _is_binary(value: Any) -> bool:
    """Whether it stands for bytes: `{"b64": "..."}`."""
    return isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and not _is_binary(value)


def _other(values: Sequence[Any], expected: set[type] | frozenset[type], length: int | None = None) -> Any:
    """The first value that has not the expected type, or length."""
    return next(v for v in values if type(v) not in expected or (length is not None and len(v) != length))


def _type_error(value: Any, dtype: tf.DType) -> ServingError:
    kinds = {dict: "Object", list: "Array", str: "String", int: "Number", float: "Number", type(None): "Null"}
    kind = kinds.get(type(value), str(value))
    name = "float" if dtype == tf.float32 else dtype.name
    return invalid(f"JSON Value: {_shown(value)} Type: {kind} is not of expected type: {name}")


def _shown(value: Any) -> str:
    """The beginning of a value in JSON."""
    text = ""
    try:
        for piece in json.JSONEncoder().iterencode(value):
            text += piece
            if len(text) > LONGEST_SHOWN:
                break
    except RecursionError:
        pass  # the value is nested more deeply than its beginning
    return text[:LONGEST_SHOWN]
