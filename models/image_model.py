"""A Keras model of images, which all enter through one door: `observe`."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import keras
import tensorflow as tf

from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.observation import ROUNDING, observe, require_dtype, require_unit_interval, tensor_or_array

OUTSIDE = "images: expected floats in [0, 1], or uint8 from 0 to 255, got other floats in a batch of the dataset"


class ImageModel(keras.Model):
    """A model of images [batch, h, w, c]: uint8 from 0 to 255, as they are stored, or floats in [0, 1], which are x.

    Every public method of a subclass whose first argument is `x` takes both, and receives x. So do `fit`, `evaluate`,
    `predict` and their variants for one batch, of arrays, tensors or a `tf.data.Dataset`. Each raises `InputError` for
    images of any other dtype, range or shape. Only in a `tf.function` of the caller's own is the range not checked.
    """

    data: DataSpec

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            if not name.startswith("_") and _first_argument(method) == "x":
                setattr(cls, name, _receiving_x(method))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self.data.image_shape

    def observe(self, images: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Images → x. Only training passes a seed. Raises `InputError` for images of another dtype, range or shape."""
        x = observe(images, self.data.observation, seed)
        self._require_shape(x.shape)
        return x

    def fit(self, x: Any = None, *args: Any, validation_data: Any = None, **kwargs: Any) -> keras.callbacks.History:
        """Like `keras.Model.fit`, for images and, optionally, their classes int [n], -1 where unknown."""
        if validation_data is not None:
            images, *labels = validation_data if isinstance(validation_data, tuple) else (validation_data,)
            validation_data = (self._checked(images), *labels) if labels else self._checked(images)
        with _range_errors_by_name():
            return super().fit(self._checked(x), *args, validation_data=validation_data, **kwargs)

    def evaluate(self, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.evaluate`, for the same data as `fit`."""
        with _range_errors_by_name():
            return super().evaluate(self._checked(x), *args, **kwargs)

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.predict`: reconstructions."""
        with _range_errors_by_name():
            return super().predict(self._checked(x), *args, **kwargs)

    def train_on_batch(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.train_on_batch`, for images and, optionally, their classes."""
        return super().train_on_batch(self._checked(x), *args, **kwargs)

    def test_on_batch(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.test_on_batch`, for images and, optionally, their classes."""
        return super().test_on_batch(self._checked(x), *args, **kwargs)

    def predict_on_batch(self, x: Any) -> Any:
        """Like `keras.Model.predict_on_batch`: reconstructions."""
        return super().predict_on_batch(self._checked(x))

    def _checked(self, images: Any) -> Any:
        """The images, for Keras' loops: these observe them in a graph, where a wrong range would not be noticed."""
        if isinstance(images, tf.data.Dataset):
            return self._checked_batches(images)
        images = tensor_or_array(images)
        require_dtype(images.dtype.name)
        self._require_shape(tf.TensorShape(images.shape))
        if images.dtype != tf.uint8:
            require_unit_interval(float(tf.reduce_min(images)), float(tf.reduce_max(images)))
        return images

    def _checked_batches(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        spec = batches.element_spec[0] if isinstance(batches.element_spec, tuple) else batches.element_spec
        require_dtype(spec.dtype.name)
        self._require_shape(spec.shape)
        return batches if spec.dtype == tf.uint8 else batches.map(_with_range_asserted)

    def _require_shape(self, shape: tf.TensorShape) -> None:
        """Of a batch, or of several batches for as many steps."""
        if shape.rank is not None and not (shape.rank > 3 and shape[-3:].is_compatible_with(self.image_shape)):
            expected = ", ".join(["batch", *map(str, self.image_shape)])
            raise InputError(f"images: expected shape [{expected}], got {shape.as_list()}")


def _first_argument(method: Any) -> str | None:
    """Name of the first argument after `self`."""
    return next(iter([*inspect.signature(method).parameters][1:]), None) if inspect.isfunction(method) else None


def _receiving_x(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def door(self: ImageModel, x: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, x if _is_x(x) else self.observe(x), *args, **kwargs)

    return door


def _is_x(images: Any) -> bool:
    """Whether the images are floats in a graph: x passes many doors there, and none could check the range."""
    return not tf.executing_eagerly() and tf.is_tensor(images) and bool(images.dtype == tf.float32)


def _with_range_asserted(images: tf.Tensor, *labels: tf.Tensor) -> tuple[tf.Tensor, ...]:
    inside = tf.reduce_all((images >= -ROUNDING) & (images <= 1 + ROUNDING))
    with tf.control_dependencies([tf.debugging.Assert(inside, [OUTSIDE])]):
        return (tf.identity(images), *labels)


@contextmanager
def _range_errors_by_name() -> Iterator[None]:
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        if OUTSIDE not in error.message:
            raise
        raise InputError(OUTSIDE) from None
