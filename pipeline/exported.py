"""The export of a run, to sample from it or to publish it."""

from vaeflow.components.artifacts import ServingModel
from vaeflow.components.export import export
from vaeflow.models.errors import InputError
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.summary import state
from vaeflow.pipeline.workspace import Workspace


def exported_by(workspace: Workspace, run: Run) -> ServingModel:
    """The models that a run exported.

    Raises `InputError` if it has exported none, or if their files were removed or damaged since.
    """
    step = export.__name__
    keys = [each.key for each in workspace.store.executions(run.id) if each.step == step and each.made]
    if not keys:
        raise InputError(f"{run.id}: the run has not exported a decoder; its state is '{state(workspace, run)}'.")
    folder, stored = workspace.published(step, keys[0]), workspace.store.recorded(keys[0], ServingModel)
    if stored is None:
        raise InputError(f"{run.id}: expected the exported decoder at {folder / 'decoder'}, but it was removed.")
    if damage := stored.damage(digests=True):
        raise InputError(f"{run.id}: the export is damaged: {folder}: {damage}. The recipe's next run makes it again.")
    return ServingModel(folder, stored.artifact.properties)
