"""The signatures of a SavedModel, and the rules that the arrays of a request must follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import tensorflow as tf

from vaeflow.serving.errors import invalid

Arrays = Mapping[str, np.ndarray]
DEFAULT = "serving_default"
NUMBER_OF_IMAGES = "n"
"""The scalar input of vaeflow's decoders that says how many images to sample."""


@dataclass(frozen=True)
class Tensor:
    """An input or output of a signature: its name in the graph, its type, and its shape, if that is known."""

    graph_name: str
    dtype: tf.DType
    shape: tuple[int | None, ...] | None

    @classmethod
    def of(cls, info: tf.compat.v1.TensorInfo) -> "Tensor":
        """The tensor that a SignatureDef describes."""
        known = not info.tensor_shape.unknown_rank
        shape = tuple(None if dim.size < 0 else dim.size for dim in info.tensor_shape.dim) if known else None
        return cls(info.name, tf.as_dtype(info.dtype), shape)

    @property
    def has_rows(self) -> bool:
        """Whether its first axis may have any length."""
        return self.shape is not None and self.shape[:1] == (None,)

    def accepts(self, shape: tuple[int, ...]) -> bool:
        """Whether an array of this shape fits."""
        if self.shape is None:
            return True
        return len(shape) == len(self.shape) and all(
            expected in (None, length) for expected, length in zip(self.shape, shape, strict=True)
        )


@dataclass(frozen=True)
class Signature:
    """A function of named tensors in a SavedModel."""

    name: str
    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]

    @cached_property
    def joins_requests(self) -> bool:
        """Whether the rows of several requests may form one batch: all inputs and outputs have rows of their own."""
        return bool(self.inputs) and all(tensor.has_rows for tensor in (*self.inputs.values(), *self.outputs.values()))

    def check(self, arrays: Arrays, most_images: int) -> None:
        """Check names, types, shapes and the number of images.

        Raises `ServingError` with what was expected and what was given.
        """
        self._check_names(arrays)
        for name, tensor in self.inputs.items():
            given = arrays[name]
            if tf.as_dtype(given.dtype if given.dtype != object else np.bytes_) != tensor.dtype:
                raise invalid(f"{name}: expected type {tensor.dtype.name}, got {given.dtype.name}")
            if not tensor.accepts(given.shape):
                raise invalid(f"{name}: expected shape {_shown(tensor.shape)}, got {_shown(given.shape)}")
        if self.joins_requests and len({len(array) for array in arrays.values()}) > 1:
            lengths = ", ".join(f"{name}: {len(array)}" for name, array in arrays.items())
            raise invalid(f"expected inputs of the same length, got {lengths}")
        if (asked := self._images(arrays)) > most_images:
            raise invalid(f"expected at most {most_images} images, got {asked}")

    def _check_names(self, arrays: Arrays) -> None:
        extra, missing = sorted({*arrays} - {*self.inputs}), sorted({*self.inputs} - {*arrays})
        if extra or missing:
            raise invalid(
                f"input size does not match signature: {len(arrays)}!={len(self.inputs)}. "
                f"Sent extra: {{{','.join(extra)}}}. Missing but required: {{{','.join(missing)}}}."
            )

    def _images(self, arrays: Arrays) -> int:
        lengths = [len(arrays[name]) for name, tensor in self.inputs.items() if tensor.has_rows]
        number = arrays.get(NUMBER_OF_IMAGES)
        if number is not None and number.shape == () and number.dtype.kind in "iu":
            lengths.append(int(number))
        return max(lengths, default=0)


def _shown(shape: tuple[int | None, ...] | None) -> str:
    """A shape as the exported models write it in their own messages."""
    return f"[{', '.join('n' if length is None else str(length) for length in shape or ())}]"
