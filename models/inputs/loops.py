"""Options of Keras' loops, which Keras takes as they come: counts, choices, the fraction to validate on, callbacks."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import BoundArguments
from typing import Any

import keras

from vaeflow.models.errors import InputError
from vaeflow.models.inputs.batch import Parts
from vaeflow.models.inputs.data import yields_batches
from vaeflow.models.inputs.numbers import as_count, as_fraction
from vaeflow.models.inputs.objects import as_choice, as_instance

COUNTS = ("batch_size", "epochs", "steps", "steps_per_epoch", "validation_batch_size", "validation_steps")
CHOICES: Mapping[str, Sequence[Any]] = {
    "verbose": ("auto", 0, 1, 2),
    "shuffle": (True, False, "batch"),
    "return_dict": (True, False),
}
CALLBACKS = (keras.callbacks.Callback, keras.callbacks.CallbackList)


def read_options(given: BoundArguments) -> None:
    """Replace the options of a loop by what they mean. Raises `InputError` for an option that means nothing."""
    named = given.arguments
    for name in named.keys() & READ:
        if named[name] is not None or given.signature.parameters[name].default is not None:
            named[name] = READ[name](named[name])
    if named.get("initial_epoch", 0) >= named.get("epochs", 1):
        raise InputError(
            f"epochs: expected more than initial_epoch, which is {named['initial_epoch']}, got {named.get('epochs', 1)}"
        )


def require_split(fraction: float, data: Parts) -> None:
    """Raise `InputError` unless the images can be split so that some are left to train and some to validate on."""
    if yields_batches(data.images):
        raise InputError("validation_split: expected arrays to split, got batches; give validation_data instead")
    count = len(data.images)
    if not 0 < math.floor(count * (1 - fraction)) < count:  # as Keras splits them
        raise InputError(
            f"validation_split: expected a part that leaves images on either side, got {fraction:g} of {count} images"
        )


def _as_frequency(given: Any) -> int | list[int]:
    """Every how many epochs to validate, or in which epochs."""
    read = partial(as_count, name="validation_freq")
    return [read(epoch) for epoch in given] if given and isinstance(given, list | tuple) else read(given)


def _as_callbacks(given: Any) -> Any:
    for callback in given if isinstance(given, list | tuple) else [given]:
        as_instance(callback, CALLBACKS, "callbacks", "instances of keras.callbacks.Callback")
    return given


READ: Mapping[str, Callable[[Any], Any]] = {
    **{name: partial(as_count, name=name) for name in COUNTS},
    **{name: partial(as_choice, name=name, choices=choices) for name, choices in CHOICES.items()},
    "initial_epoch": partial(as_count, name="initial_epoch", lowest=0),
    "validation_freq": _as_frequency,
    "validation_split": partial(as_fraction, name="validation_split"),
    "callbacks": _as_callbacks,
}
"""How each option is read."""
