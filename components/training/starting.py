"""The start of a training: the weights of an earlier one."""

import re
from collections import defaultdict
from pathlib import Path

import keras

from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError

_NUMBER = re.compile(r"_\d+$")


def begin_with(model: LatentVariableModel, file: Path) -> None:
    """Give the model the weights in a `model.keras`.

    Raises `InputError` if the file cannot be read, or with the first weights that only one of the models has, or that
    have another shape.
    """
    if not file.is_file():
        raise InputError(f"train.start_from: {file}: there is no such file")
    ours, theirs = weights_by_path(model), weights_by_path(building.load(file))
    for path in ours | theirs:
        if difference := _difference(ours.get(path), theirs.get(path), file):
            raise InputError(f"train.start_from: expected a model with the layers of this one; {path} {difference}")
    for path, weight in ours.items():
        weight.assign(theirs[path])


def weights_by_path(model: LatentVariableModel) -> dict[str, keras.Variable]:
    """The weights by their paths, in order, without the name of the model.

    Keras numbers the layers of a kind over all models of a process; here they count from the first in the layer that
    contains them, so that equal models have equal paths.
    """
    numbers: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    found = {}
    for weight in model.weights:
        path = ""
        for name in weight.path.removeprefix(f"{model.name}/").split("/"):
            kind = _NUMBER.sub("", name)
            siblings = numbers[path, kind]
            number = siblings.setdefault(name, len(siblings))
            path = f"{path}/{kind}_{number}" if number else f"{path}/{kind}"
        found[path.removeprefix("/")] = weight
    return found


def _difference(ours: keras.Variable | None, theirs: keras.Variable | None, file: Path) -> str:
    """What completes a sentence that begins with the path; empty if there is no difference."""
    if ours is None:
        return f"is in {file}, and not in this model"
    if theirs is None:
        return f"is not in {file}"
    if ours.shape != theirs.shape:
        return f"has the shape {list(theirs.shape)} in {file}, and the shape {list(ours.shape)} here"
    return ""
