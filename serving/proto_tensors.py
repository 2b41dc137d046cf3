"""Tensors of gRPC requests as arrays, and arrays as tensors of answers."""

import math
from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from vaeflow.serving.errors import invalid
from vaeflow.serving.signature import Arrays, Signature

_FIELDS = {
    tf.float32: "float_val",
    tf.float64: "double_val",
    tf.int8: "int_val",
    tf.int16: "int_val",
    tf.int32: "int_val",
    tf.uint8: "int_val",
    tf.uint16: "int_val",
    tf.int64: "int64_val",
    tf.uint32: "uint32_val",
    tf.uint64: "uint64_val",
    tf.bool: "bool_val",
    tf.string: "string_val",
}
"""The field that holds the values of a type: `tensor_content` is shorter, but not all clients read it."""


def arrays_of(inputs: Mapping[str, TensorProto], signature: Signature, most_bytes: int) -> Arrays:
    """The arrays of a request. Raises `ServingError` if one is not a tensor of the type that the signature expects."""
    for name, proto in inputs.items():
        expected = signature.inputs[name].dtype if name in signature.inputs else None
        if expected is not None and proto.dtype != expected.as_datatype_enum:
            raise invalid(f"{name}: expected type {expected.name}, got number {proto.dtype} of DataType")
    return {name: array_of(name, proto, most_bytes) for name, proto in inputs.items()}


def array_of(name: str, proto: TensorProto, most_bytes: int) -> np.ndarray:
    """The array of a tensor. Raises `ServingError` if it has no definite values, or needs more than `most_bytes`.

    A single value stands for a whole tensor of any shape, so that a short message could fill the memory. Values beyond
    the shape are deleted: TensorFlow ignores them.
    """
    dims = [dim.size for dim in proto.tensor_shape.dim]
    if proto.tensor_shape.unknown_rank or min(dims, default=0) < 0:
        raise invalid(f"tensor parsing error: {name}: expected a shape, got {dims}")
    if proto.dtype not in {dtype.as_datatype_enum for dtype in _FIELDS}:
        raise invalid(f"tensor parsing error: {name}: number {proto.dtype} of DataType cannot be served")
    dtype, size = tf.as_dtype(proto.dtype), math.prod(dims)
    if size * np.dtype(dtype.as_numpy_dtype).itemsize > most_bytes:
        raise invalid(f"tensor parsing error: {name}: expected at most {most_bytes} bytes, got shape {dims}")
    if size and dtype == tf.string and (proto.tensor_content or len(proto.string_val) < size):
        raise invalid(f"tensor parsing error: {name}: expected a text in string_val for each element of shape {dims}")
    try:
        if not size:
            return np.empty(dims, dtype.as_numpy_dtype)
        del getattr(proto, _FIELDS[dtype])[size:]
        array = tf.make_ndarray(proto)
    except (TypeError, ValueError, OverflowError) as error:
        raise invalid(f"tensor parsing error: {name}: {error}") from error
    if dtype == tf.bool and array.view(np.uint8).max() > 1:
        raise invalid(f"tensor parsing error: {name}: expected bytes of 0 and 1 in tensor_content")
    return array


def proto_of(array: np.ndarray) -> TensorProto:
    """The tensor of an array, with its values in the field of its type, as TensorFlow Serving sends them."""
    dtype = tf.string if array.dtype == object else tf.as_dtype(array.dtype)
    proto = TensorProto(dtype=dtype.as_datatype_enum)
    proto.tensor_shape.SetInParent()  # also for a scalar
    for length in array.shape:
        proto.tensor_shape.dim.add(size=length)
    getattr(proto, _FIELDS[dtype]).extend(array.ravel().tolist())
    return proto
