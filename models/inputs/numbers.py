"""Seeds, counts, fractions, temperatures and codes."""

from typing import Any

import numpy as np
import tensorflow as tf

from vaeflow.models.errors import InputError
from vaeflow.models.inputs.dense import dense, dtype_name, is_integer, is_known, is_number

LONGEST_SHOWN = 4
INT32 = (-(2**31), 2**31 - 1)
LARGEST = np.finfo(np.float32).max
BELOW_ONE = float(np.nextafter(1, 0))


def as_seed(given: Any) -> tf.Tensor:
    """The seed as int32 [2]: a pair of integers of at most 32 bits, or one, which is followed by 0.

    Raises `InputError` if it is something else.
    """
    seed = dense(given, "seed")
    single = _has_shape(seed, [])
    fits = is_integer(seed) and (single or _has_shape(seed, [2]))
    if not (fits and _is_between(seed, *INT32)):
        raise InputError(f"seed: expected one or two integers of 32 bits, such as [0, 1], got {_described(seed)}")
    return tf.cast(tf.stack([seed, 0]) if single else seed, tf.int32)


def as_count(given: Any, name: str, lowest: int = 1) -> Any:
    """The count `name`. Raises `InputError` if it is not an integer of at least `lowest` and at most 31 bits."""
    count = dense(given, name)
    if not (is_integer(count) and _has_shape(count, []) and _is_between(count, lowest, INT32[1])):
        raise InputError(f"{name}: expected an integer from {lowest} to {INT32[1]}, got {_described(count)}")
    return int(count) if is_known(count) else tf.cast(count, tf.int32)


def as_fraction(given: Any, name: str) -> float:
    """The fraction `name`. Raises `InputError` if it is not a number from 0 to below 1."""
    fraction = dense(given, name)
    if not (is_number(fraction) and _has_shape(fraction, []) and _is_between(fraction, 0, BELOW_ONE)):
        raise InputError(f"{name}: expected a number from 0 to below 1, got {_described(fraction)}")
    return float(fraction)


def as_temperature(given: Any) -> Any:
    """The temperature, float32. Raises `InputError` if it is not a finite number of at least 0."""
    temperature = dense(given, "temperature")
    if not (is_number(temperature) and _has_shape(temperature, []) and _is_between(temperature, 0, LARGEST)):
        raise InputError(f"temperature: expected a number of at least 0, got {_described(temperature)}")
    return tf.cast(temperature, tf.float32)


def as_codes(given: Any, code_dim: int) -> tf.Tensor:
    """Codes float32 [..., code]. Raises `InputError` if they are no finite numbers, or of another size.

    While TensorFlow traces a graph, values are not known yet, and only dtype and size are checked.
    """
    codes = dense(given, "z")
    shape = tf.TensorShape(codes.shape)
    if not is_number(codes) or shape.rank == 0 or not shape[-1:].is_compatible_with([code_dim]):
        raise InputError(f"z: expected numbers of shape [..., {code_dim}], got {_described(codes)}")
    if not _is_between(codes, -LARGEST, LARGEST):
        values = np.asarray(codes)
        raise InputError(f"z: expected finite numbers, got {values[~(np.abs(values) <= LARGEST)][0]:g}")
    return tf.cast(codes, tf.float32)


def _has_shape(array: Any, shape: list[int]) -> bool:
    return bool(tf.TensorShape(array.shape).is_compatible_with(shape))


def _is_between(array: Any, low: Any, high: Any) -> bool:
    """Whether all are, as far as they are known, and so not if one is not a number."""
    return not is_known(array) or bool(np.all((np.asarray(array) >= low) & (np.asarray(array) <= high)))


def _described(array: Any) -> str:
    if is_known(array) and np.size(array) <= LONGEST_SHOWN:
        return repr(np.asarray(array).tolist())[:100]
    return f"{dtype_name(array)} of shape {tf.TensorShape(array.shape).as_list()}"
