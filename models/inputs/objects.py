"""Objects that do a part of the work: optimizers, callbacks and objectives."""

from typing import Any

import keras

from vaeflow.models.errors import InputError

NO_OPTIMIZER = (AttributeError, KeyError, TypeError, ValueError)
"""What Keras raises for an unknown name or configuration."""


def as_instance(given: Any, kinds: type | tuple[type, ...], name: str, expected: str) -> Any:
    """The argument `name`. Raises `InputError` if it is no instance of the kinds, or the class itself."""
    if isinstance(given, type) or not isinstance(given, kinds):
        raise InputError(f"{name}: expected {expected}, got {_described(given)}")
    return given


def as_optimizer(given: Any) -> keras.optimizers.Optimizer:
    """The optimizer, also of its name or its configuration. Raises `InputError` if there is none of this kind."""
    try:
        optimizer = keras.optimizers.get(given)
    except NO_OPTIMIZER:
        optimizer = given
    return as_instance(optimizer, keras.optimizers.Optimizer, "optimizer", "an optimizer of Keras, or the name of one")


def _described(given: Any) -> str:
    if isinstance(given, type):
        return f"the class {given.__name__}"
    return repr(given)[:100] if isinstance(given, str | int | float | None) else type(given).__name__
