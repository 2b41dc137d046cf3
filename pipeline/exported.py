"""The export of a run, to use or to publish it."""

from pathlib import Path

from vaeflow.components.artifacts import ServingModel
from vaeflow.components.export import export
from vaeflow.components.serving.versions import FIRST_VERSION
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.outputs import Output, whole_output
from vaeflow.pipeline.workspace import Workspace

EXPORT = Output(export.__name__, ServingModel, "the export", verb="exported", noun="decoder", main="decoder")


def exported_by(workspace: Workspace, run: Run) -> ServingModel:
    """The models that a run exported. Raises `InputError` like `whole_output`."""
    return whole_output(workspace, run, EXPORT)


def encoder_of(workspace: Workspace, run: Run) -> Path:
    """The SavedModel of the encoder that a run exported. Raises `InputError` like `whole_output`."""
    return exported_by(workspace, run).path / "encoder" / str(FIRST_VERSION)
