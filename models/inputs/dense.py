"""What is given in the place of an array or a tensor."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vaeflow.models.errors import InputError

NOT_AN_ARRAY = (TypeError, ValueError, NotImplementedError, RuntimeError)
"""What NumPy and the classes that it asks for an array raise."""


def dense(given: Any, name: str) -> Any:
    """The tensor or array that is given, or a list as an array. Raises `InputError` if it is nothing of the kind."""
    if isinstance(given, tf.Variable | keras.Variable):
        return tf.convert_to_tensor(given)
    if isinstance(given, tf.Tensor):
        return given
    try:
        array = np.asarray(given)
    except NOT_AN_ARRAY:
        kind = "parts of different shapes" if isinstance(given, list | tuple) else type(given).__name__
        raise InputError(f"{name}: expected one array of numbers, got {kind}") from None
    if array.dtype.hasobject or isinstance(given, np.ma.MaskedArray):
        raise InputError(f"{name}: expected one array of numbers, got {_kind(given)}")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def dtype_name(array: Any) -> str:
    """The name of the dtype of an array, a tensor or a `tf.TensorSpec`, for messages."""
    name = str(array.dtype.name)
    return "text" if name.startswith(("str", "bytes")) else name


def is_integer(array: Any) -> bool:
    """Whether an array, a tensor or a `tf.TensorSpec` has integers."""
    dtype = array.dtype
    return bool(dtype.is_integer if isinstance(dtype, tf.DType) else dtype.kind in "iu")


def is_number(array: Any) -> bool:
    """Whether an array or a tensor has integers or floats."""
    dtype = array.dtype
    return is_integer(array) or bool(dtype.is_floating if isinstance(dtype, tf.DType) else dtype.kind == "f")


def is_known(array: Any) -> bool:
    """Whether the values are known, as they are outside of graphs."""
    return not tf.is_tensor(array) or hasattr(array, "numpy")


def _kind(given: Any) -> str:
    if given is None:
        return "None"
    has_parts = isinstance(given, list | tuple) or type(given) is np.ndarray
    return f"{type(given).__name__} of other objects" if has_parts else type(given).__name__
