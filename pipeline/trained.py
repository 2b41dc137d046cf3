"""The file of a trained model: that of a run, or one that is given by its path."""

from pathlib import Path

from vaeflow.components.artifacts import Model
from vaeflow.components.file_kinds import FILE
from vaeflow.components.printable import printable
from vaeflow.components.train import train
from vaeflow.models.errors import InputError
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.manifest import visible_kind
from vaeflow.pipeline.outputs import AGAIN, Output
from vaeflow.pipeline.summary import find_run
from vaeflow.pipeline.workspace import Workspace

MODEL_FILE = "model.keras"
LONGEST_SHOWN = 200
TRAINED = Output(train.__name__, Model, "the trained model", verb="trained", noun="model", main=MODEL_FILE)


def given_file(path: Path) -> Path | None:
    """The path itself if it is a file, or the model's file in it if it is the folder of a trained model."""
    return next((file for file in (path, path / MODEL_FILE) if visible_kind(file) == FILE), None)


def model_file(folder: Path) -> Path:
    """The model in the folder of a run. Raises `InputError` if it is missing."""
    file = folder / MODEL_FILE
    if (kind := visible_kind(file)) != FILE:  # of a version that did not record the files
        raise InputError(f"{file}: expected {FILE}, got {kind or 'nothing'}. {AGAIN}")
    return file


def found_run(path: Path, workspace: Workspace) -> Run:
    """The run with this id. Raises `InputError` if there is none; if it looks like a path, with what is there."""
    name = printable(str(path))[:LONGEST_SHOWN]
    if path.suffix == ".keras":
        raise InputError(f"{name}: there is no such file")
    try:
        return find_run(workspace, name)
    except InputError:
        if kind := visible_kind(path):
            raise InputError(f"{name}: expected a {MODEL_FILE}, its folder, or the id of a run, got {kind}") from None
        raise
