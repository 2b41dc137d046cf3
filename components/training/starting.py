"""The start of a training: the weights of an earlier one."""

from itertools import zip_longest
from pathlib import Path

import keras

from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError


def begin_with(model: LatentVariableModel, file: Path) -> None:
    """Give the model the weights in a `model.keras`.

    Raises `InputError` if the file cannot be read, or with the first layer of which the weights have another shape.
    """
    if not file.is_file():
        raise InputError(f"train.start_from: {file}: there is no such file")
    other = building.load(file)
    for ours, theirs in zip_longest(model.weights, other.weights):
        if ours is None or theirs is None or ours.shape != theirs.shape:
            weight = theirs if ours is None else ours
            raise InputError(
                f"train.start_from: expected a model with the layers of this one; {weight.path} has {_shape(theirs)} "
                f"in {file}, and {_shape(ours)} here"
            )
    model.set_weights(other.get_weights())


def _shape(weight: keras.Variable | None) -> str:
    return "no weights" if weight is None else f"the shape {list(weight.shape)}"
