"""What is not computed with: objects that do a part of the work, such as optimizers, and choices."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

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


def as_choice(given: Any, name: str, choices: Sequence[Any]) -> Any:
    """The one of the choices that is given; 1 is also True, and 0 False. Raises `InputError` if it is none of them."""
    plain = given.item() if isinstance(given, np.bool_ | np.integer) else given
    if not isinstance(plain, bool | int | str) or plain not in choices:
        *others, last = map(repr, choices)
        raise InputError(f"{name}: expected {', '.join(others)} or {last}, got {_described(plain)}")
    return choices[choices.index(plain)]


def _described(given: Any) -> str:
    if isinstance(given, type):
        return f"the class {given.__name__}"
    return repr(given)[:100] if isinstance(given, str | int | float | None) else type(given).__name__
