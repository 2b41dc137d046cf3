"""A Keras model of images, which all enter through one door: `vaeflow.models.inputs`."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any

import keras
import tensorflow as tf

from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.errors import InputError
from vaeflow.models.inputs.batch import NO_BATCHES, Parts, checked_batch, refuse_weights, unpack
from vaeflow.models.inputs.data import checked_data
from vaeflow.models.inputs.datasets import has_several_batches
from vaeflow.models.inputs.dense import dense, dtype_name, is_known
from vaeflow.models.inputs.images import CHANNELS, as_images, require_shape
from vaeflow.models.inputs.labels import as_classes, as_labels
from vaeflow.models.inputs.loops import read_options, require_split
from vaeflow.models.inputs.numbers import as_count, as_seed, as_temperature
from vaeflow.models.inputs.refusals import raised_by_name
from vaeflow.models.observation import observe, of_levels, to_levels

READ: Mapping[str, Callable[[Any], Any]] = {
    "seed": as_seed,
    "n": partial(as_count, name="n"),
    "num_samples": partial(as_count, name="num_samples"),
    "temperature": as_temperature,
}
"""How arguments are read that have nothing to do with the model."""
CLASSIFY = "classify"
IMAGE_BY_IMAGE = ("assign", CLASSIFY, "embed", "encode", "errors", "reconstruct", "score", "symbols")
"""Methods whose results for an image do not depend on the others."""
MOST_AT_ONCE = 1024
"""Number of images above which these work through them in parts."""


class ImageModel(keras.Model):
    """A model of images [batch, h, w, c]: uint8 from 0 to 255, as they are stored, or floats in [0, 1], which are x.

    Every public method of a subclass with an argument `x` takes both, and receives x; so does the model itself. Labels,
    classes, seeds and numbers are checked, too. `fit`, `evaluate`, `predict` and their variants for one batch take
    arrays, tensors and lists; the first three also take a `tf.data.Dataset`, a `PyDataset` or an iterator of batches.
    Methods other than these first resize images of another size, if the model has a `transform`. All raise
    `InputError` for anything of another dtype, range or shape, and for options that mean nothing. Only in a
    `tf.function` of the caller's own are values not checked.
    """

    data: DataSpec
    transform: Callable[[tf.Tensor], tf.Tensor] | None = None
    """Makes levels uint8 [n, any height, any width, 1 to 4] those of images of this model, if it is known how."""
    classifies_grey: bool = False
    """Whether `classify` sees the grey values of stored images, however training binarises them."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            if not name.startswith("_") and _is_entrance(method):
                setattr(cls, name, _receiving_what_is_read(method))

    def __call__(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Reconstructions. Reads the images before Keras does, which would hide what is wrong with them in a report."""
        return super().__call__(
            x if isinstance(x, keras.KerasTensor) else self._read_images(x, self.data.observation), *args, **kwargs
        )

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self.data.image_shape

    def observe(self, images: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Images → x. Only training passes a seed. Raises `InputError` for images of another dtype, range or shape."""
        return self._observe(images, self.data.observation, seed)

    def fit(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> keras.callbacks.History:
        """Like `keras.Model.fit`, for images and, optionally, their classes int [n], -1 where unknown."""
        several = isinstance(x, tf.data.Dataset) and has_several_batches(x)
        if several:
            self.train_function = None  # one that has taken single batches would be traced for batches of any rank
        history = self._run(super().fit, partial(checked_data, several_batches=True), x, y, *args, **kwargs)
        if several:
            self.train_function = None
        if history.epoch and not history.history:
            raise InputError(NO_BATCHES)
        return history

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.evaluate`, for the same data as `fit`."""
        if kwargs.get("_use_cached_eval_dataset"):  # by `fit`, which has checked its validation data
            return super().evaluate(x, y, *args, **kwargs)
        values = self._run(super().evaluate, checked_data, x, y, *args, **kwargs)
        if values in ({}, []):
            raise InputError(NO_BATCHES)
        return values

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.predict`: reconstructions."""
        return self._run(super().predict, checked_data, x, *args, **kwargs)

    def train_on_batch(self, x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.train_on_batch`, for images and, optionally, their classes."""
        return self._run(super().train_on_batch, checked_batch, x, y, *args, **kwargs)

    def test_on_batch(self, x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Like `keras.Model.test_on_batch`, for images and, optionally, their classes."""
        return self._run(super().test_on_batch, checked_batch, x, y, *args, **kwargs)

    def predict_on_batch(self, x: Any) -> Any:
        """Like `keras.Model.predict_on_batch`: reconstructions."""
        return self._run(super().predict_on_batch, checked_batch, x)

    def _run(self, method: Callable[..., Any], read: Callable[..., Parts], *args: Any, **kwargs: Any) -> Any:
        """Call a method of Keras with its data checked: it reads them in a graph, where no value can be refused."""
        given = inspect.signature(method).bind(*args, **kwargs)
        named = given.arguments
        if "y" in named and not self.compiled:
            raise InputError(f"{method.__name__}: expected a compiled model; call compile(optimizer, objective) first")
        refuse_weights(**{name: named.get(name) for name in ("sample_weight", "class_weight")})
        read_options(given)
        data = read(Parts(named["x"], named.get("y")), self.data)
        named.update((name, part) for name, part in zip(("x", "y"), data, strict=True) if name in named)
        if named.get("validation_data") is not None:
            named["validation_data"] = tuple(checked_data(unpack(named["validation_data"]), self.data))
        elif named.get("validation_split"):
            require_split(named["validation_split"], data)
        with raised_by_name():
            return method(*given.args, **given.kwargs)

    def _observe(self, images: tf.Tensor, observation: Observation, seed: tf.Tensor | None = None) -> tf.Tensor:
        x = observe(images, observation, seed)
        require_shape(x.shape, self.image_shape)
        return x

    def _read(self, given: dict[str, Any], method: str) -> None:
        """Replace the arguments of a method by what they mean."""
        if "x" in given:
            grey = self.classifies_grey and method == CLASSIFY
            given["x"] = self._read_images(given["x"], Observation() if grey else self.data.observation)
        if given.get("labels") is not None:
            given["labels"] = as_labels(given["labels"], given["x"].shape[0], self.data.num_classes)
        if "classes" in given:
            given["classes"] = as_classes(given["classes"], self.data.num_classes)
        for name in given.keys() & READ:
            given[name] = READ[name](given[name])

    def _read_images(self, images: Any, observation: Observation) -> tf.Tensor:
        """Images → x. Floats in a graph are x: they pass many doors there, and no value can be checked."""
        if tf.is_tensor(images) and not hasattr(images, "numpy") and images.dtype == tf.float32:
            require_shape(images.shape, self.image_shape)
            return images
        return self._observe(self._resized(images), observation)

    def _resized(self, images: Any) -> Any:
        """Images of another shape than the model's in that shape, if there is a `transform`: x by way of its levels."""
        if self.transform is None or not is_known(images):
            return images
        images = dense(images, "images")
        shape = tuple(images.shape)
        if len(shape) != 4 or 0 in shape or shape[3] not in CHANNELS or shape[1:] == self.image_shape:
            return images
        if dtype_name(images) == "uint8":
            return self.transform(tf.convert_to_tensor(images))
        return of_levels(self.transform(to_levels(as_images(images))))


def _is_entrance(method: Any) -> bool:
    return inspect.isfunction(method) and not {"x", "n", "classes"}.isdisjoint(inspect.signature(method).parameters)


def _receiving_what_is_read(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)
    optional = {name for name, parameter in signature.parameters.items() if parameter.default is None}

    @wraps(method)
    def door(*args: Any, **kwargs: Any) -> Any:
        named = dict(signature.bind(*args, **kwargs).arguments)
        if method.__name__ in IMAGE_BY_IMAGE and _are_many(named["x"]):
            return _in_parts(door, named)
        model = named.pop("self")
        given = {name: value for name, value in named.items() if value is not None or name not in optional}
        model._read(given, method.__name__)
        return method(model, **given)

    # AutoGraph would hide the message of an error in a report of its own.
    return tf.autograph.experimental.do_not_convert(door)


def _are_many(images: Any) -> bool:
    shape = tuple(getattr(images, "shape", None) or ())
    return bool(shape) and is_known(images) and shape[0] > MOST_AT_ONCE


def _in_parts(method: Callable[..., Any], given: dict[str, Any]) -> Any:
    """The results for all images, which no more memory is needed for than for these."""
    count, labels = given["x"].shape[0], given.get("labels")
    if labels is not None:
        given["labels"] = as_labels(labels, count, given["self"].data.num_classes)
    by_image = [name for name in ("x", "labels") if given.get(name) is not None]
    parts = [
        method(**given | {name: given[name][start : start + MOST_AT_ONCE] for name in by_image})
        for start in range(0, count, MOST_AT_ONCE)
    ]
    return tf.nest.map_structure(lambda *results: tf.concat(results, axis=0), *parts)
