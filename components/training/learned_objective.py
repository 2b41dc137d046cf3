"""What an objective itself has learned, such as a discriminator: kept beside the model, which can do without."""

import io
import zlib
from pathlib import Path
from zipfile import BadZipFile

import keras
import numpy as np

from vaeflow.components.file_kinds import read_file
from vaeflow.models.training.step import Objective

OBJECTIVE_FILE = "objective.npz"
DAMAGED = (BadZipFile, EOFError, KeyError, TypeError, ValueError, zlib.error)
"""What NumPy raises for a file that it has not written, and Keras for weights of other shapes."""


def save_learned(objective: Objective, folder: Path) -> None:
    """Write the parameters of an objective, if it has any."""
    if parameters := _parameters(objective):
        np.savez(folder / OBJECTIVE_FILE, **{name: variable.numpy() for name, variable in parameters.items()})


def restore_learned(objective: Objective, folder: Path) -> None:
    """Set the parameters of an objective, if it has any, to those that were saved.

    Raises `OSError` if the file cannot be read, and `ValueError` if it is damaged or of another objective.
    """
    parameters = _parameters(objective)
    if not parameters:
        return
    content = read_file(folder / OBJECTIVE_FILE)
    try:
        with np.load(io.BytesIO(content)) as saved:
            for name, variable in parameters.items():
                variable.assign(saved[name])
    except DAMAGED as error:
        raise ValueError(str(error)) from error


def _parameters(objective: Objective) -> dict[str, keras.Variable]:
    groups = objective.parameter_groups().items()
    return {f"{group}.{i}": variable for group, variables in groups for i, variable in enumerate(variables)}
