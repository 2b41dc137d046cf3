"""Arrays of one integer or string per image: labels, ids, groups and splits of a NumPy archive."""

from typing import Literal

import numpy as np

from vaeflow.components.sources.npz_array import StoredArray
from vaeflow.components.sources.npz_images import IMAGES_FIRST, Arrays
from vaeflow.components.sources.npz_layout import Layout
from vaeflow.models.errors import InputError

_SURROGATES, _MAX_CHARACTER, _ASCII_END = (0xD800, 0xDFFF), 0x10FFFF, 128
_SUM_ERROR = 0.01  # of probabilities in half precision

What = Literal["labels", "ids", "groups", "splits", "factors"]


def read_vector(arrays: Arrays, name: str, layout: Layout, what: What) -> np.ndarray:
    """An array of one integer or string per image, [n] or [n, 1], as [n]. Raises `InputError` if it is another one."""
    array = arrays[name]
    count = len(arrays[layout.images])
    got = f"got {name!r}, {array.dtype}{list(array.shape)}"
    if array.dtype.kind not in "biuUS" or array.shape not in ((array.size,), (array.size, 1)):
        hint = "".join(f"; {advice}" for advice in _advice(name, array, what) if advice)
        if array.dtype.hasobject:
            got = f"got {name!r}, Python objects"
        raise InputError(f"ingest.{what}: expected one integer or string per image, {got}{hint}")
    if len(array) != count:
        hint = _other_order(arrays, layout, len(array))
        raise InputError(f"ingest.{what}: expected {count} {what}, one per image of {layout.images!r}, {got}{hint}")
    return array.read().reshape(count)


def _other_order(arrays: Arrays, layout: Layout, count: int) -> str:
    if arrays[layout.images].shape[-1] != count:
        return ""
    return f"; if its last axis counts the images, move it to the front with {IMAGES_FIRST.format(layout.images)}"


def _advice(name: str, array: StoredArray, what: What) -> tuple[str, ...]:
    """How to save the array so that it can be read, and how to do without it."""
    off = "ingest.labels: none turns labels off" if what == "labels" else ""
    if array.dtype.hasobject:
        return f"save it as text, with numpy.array({name}, dtype=str)", off
    if array.dtype.kind == "f" and array.shape in ((array.size,), (array.size, 1)):
        return _advice_for_floats(name, array.read(), what), off
    if what == "labels" and array.ndim == 2 and array.dtype.kind in "biuf" and _is_one_class_per_row(array.read()):
        return f"if each row is the class of an image, save {_class_of_rows(name, array.read())}", off
    return (off,)


def _advice_for_floats(name: str, array: np.ndarray, what: What) -> str:
    missing = np.isnan(array)
    whole = np.array_equal(array[~missing], np.round(array[~missing])) and np.isfinite(array[~missing]).all()
    if not whole or (what == "ids" and missing.any()):
        return f"save it as text, with {name}.astype(str)" if what != "labels" else ""
    if not missing.any():
        return f"save whole numbers as integers, with {name}.astype(int)"
    integers = f"save whole numbers as integers and NaN as -1, with numpy.nan_to_num({name}, nan=-1).astype(int)"
    return f"{integers}, and set ingest.unlabelled to true" if what == "labels" else integers


def _is_one_class_per_row(array: np.ndarray) -> bool:
    """Whether each row is one-hot or a distribution; rows of zeros have no class."""
    sums = array.sum(axis=1, dtype=float)
    return bool((array >= 0).all() and (np.isclose(sums, 1, atol=_SUM_ERROR) | (sums == 0)).all() and sums.any())


def _class_of_rows(name: str, array: np.ndarray) -> str:
    largest = f"{name}.argmax(axis=1)"
    if array.any(axis=1).all():
        return largest
    return f"numpy.where({name}.any(axis=1), {largest}, -1), and set ingest.unlabelled to true"


def as_text(values: np.ndarray, what: What) -> list[str]:
    """The values as strings. Raises `InputError` if UTF-8 cannot encode one."""
    if values.dtype.kind == "S":
        return [bytes(value).decode("utf-8", "backslashreplace") for value in values]
    if values.dtype.kind == "U":
        _check_unicode(values, what)
    return list(map(str, values))


def _check_unicode(values: np.ndarray, what: What) -> None:
    """NumPy's strings may contain lone surrogates, and numbers that are no characters at all."""
    points = np.array(values, values.dtype.newbyteorder("=")).view(np.uint32).reshape(len(values), -1)
    wrong = (points >= _SURROGATES[0]) & (points <= _SURROGATES[1]) | (points > _MAX_CHARACTER)
    for text in points[wrong.any(axis=1)]:
        shown = "".join(chr(point) if point < _ASCII_END else f"\\u{point:x}" for point in text if point)
        raise InputError(f"ingest.{what}: expected text that UTF-8 can encode, got '{shown}'")
