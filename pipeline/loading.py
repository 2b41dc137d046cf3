"""The trained model of a run, for use in Python."""

from pathlib import Path

from vaeflow.components.file_kinds import FILE
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError
from vaeflow.pipeline.manifest import visible_kind
from vaeflow.pipeline.summary import RunSummary, find_run, summary
from vaeflow.pipeline.workspace import Workspace

MODEL_FILE = "model.keras"


def load(run: str | Path, root: Path) -> LatentVariableModel:
    """The model of a run under `root`, or in a file or folder: see `vaeflow.load`."""
    return building.load(_given_file(Path(run)) or _trained_file(str(run), Workspace(root)))


def _given_file(path: Path) -> Path | None:
    """The path itself if it is a file, or the model's file in it if it is the folder of a trained model."""
    return next((file for file in (path, path / MODEL_FILE) if visible_kind(file) == FILE), None)


def _trained_file(name: str, workspace: Workspace) -> Path:
    run = summary(workspace, find_run(workspace, name))
    file = _trained(run) / MODEL_FILE
    if not visible_kind(file):
        raise InputError(f"{run.run}: expected the trained model at {file}, but it was removed.")
    return file


def _trained(run: RunSummary) -> Path:
    for step in run.steps:
        if step.artifact is not None and step.artifact.kind == "Model":
            return Path(step.artifact.path)
    raise InputError(f"{run.run}: the run has not trained a model; its state is '{run.state}'.")
