"""The export of a run, to use or to publish it."""

from pathlib import Path

from vaeflow.components.artifacts import ServingModel
from vaeflow.components.export import export
from vaeflow.components.serving.names import DECODER, roles_of
from vaeflow.components.serving.versions import FIRST_VERSION
from vaeflow.models.errors import InputError
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.outputs import Output, whole_output
from vaeflow.pipeline.workspace import Workspace

EXPORT = Output(export.__name__, ServingModel, "the export", verb="exported", noun="decoder", main="decoder")


def exported_by(workspace: Workspace, run: Run) -> ServingModel:
    """The models that a run exported. Raises `InputError` like `whole_output`."""
    return whole_output(workspace, run, EXPORT)


def decoder_of(workspace: Workspace, run: Run) -> Path:
    """The folder of the decoder that a run exported, with its versions.

    Raises `InputError` like `whole_output`, and if the model of the run has no decoder.
    """
    exported = exported_by(workspace, run)
    if DECODER not in roles_of(exported.properties):
        name = run.config["train"]["model"]["name"]
        raise InputError(f"{run.id}: the run's model ({name}) has no decoder, and generates no images.")
    return exported.path / DECODER


def encoder_of(workspace: Workspace, run: Run) -> Path:
    """The SavedModel of the encoder that a run exported. Raises `InputError` like `whole_output`."""
    return exported_by(workspace, run).path / "encoder" / str(FIRST_VERSION)
