"""Answers in JSON, by the rules of TensorFlow Serving's REST API (docs/serving.md)."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from vaeflow.serving.errors import invalid
from vaeflow.serving.signature import Arrays

BINARY_SUFFIX = "_bytes"
"""Outputs of strings whose name ends so are no text."""


def answer(outputs: Arrays, by_rows: bool) -> bytes:
    """The body of an answer. Raises `ServingError` if outputs have no common rows, but rows were asked for."""
    finite = all(np.isfinite(array).all() for array in outputs.values() if array.dtype.kind == "f")
    values = {name: _values(name, outputs[name], finite) for name in sorted(outputs)}
    if by_rows:
        content = {"predictions": _rows(values, {name: array.shape for name, array in outputs.items()})}
    else:
        content = {"outputs": values if len(values) > 1 else next(iter(values.values()))}
    # orjson would write null for NaN, which is a token of its own here, as in JavaScript.
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY) if finite else json.dumps(content).encode()


def _rows(values: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> Any:
    for name, shape in shapes.items():
        if not shape:
            raise invalid(f"Tensor name: {name} has no shape information ")
    (first, (expected, *_)), *others = sorted(shapes.items())
    for name, (length, *_) in others:
        if length != expected:
            raise invalid(f"Tensor name: {name} has inconsistent batch size: {length} expecting: {expected}")
    if not others:
        return values[first]
    return [{name: value[row] for name, value in values.items()} for row in range(expected)]


def _values(name: str, array: np.ndarray, finite: bool) -> Any:
    """What is written for an array: nested lists of text, the array itself, or numbers if some are not finite."""
    if array.dtype == object:
        return _text(array.tolist(), name.endswith(BINARY_SUFFIX))
    if finite:
        return np.ascontiguousarray(array) if array.ndim else array[()]
    if array.dtype.kind == "f":
        array = array.astype(str).astype(np.float64)  # which has no more digits than the array's own type
    return array.tolist()


def _text(value: Any, binary: bool) -> Any:
    if isinstance(value, list):
        return [_text(item, binary) for item in value]
    return {"b64": base64.b64encode(value).decode()} if binary else value.decode(errors="replace")
