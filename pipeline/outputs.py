"""What a run made, to use outside of it: compared with its record first, so that nothing damaged is used unnoticed."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from vaeflow.components.artifacts import Artifact
from vaeflow.models.errors import InputError
from vaeflow.pipeline.entities import UNREADABLE, Run, StoredArtifact
from vaeflow.pipeline.summary import state
from vaeflow.pipeline.workspace import Workspace

AGAIN = "The recipe's next run makes it again."
SET_ASIDE = "`vaeflow verify` sets it aside, and the recipe's next run makes it again."
"""A run that only compares sizes would reuse what has the expected ones."""

A = TypeVar("A", bound=Artifact)


@dataclass(frozen=True)
class Output(Generic[A]):
    """The artifact of a step, with the words in which messages speak of it, such as "exported" and "decoder"."""

    step: str
    kind: type[A]
    name: str
    verb: str
    noun: str
    main: str
    """Name of the file or folder in the artifact that users ask for."""


def whole_output(workspace: Workspace, run: Run, output: Output[A]) -> A:
    """The artifact that a run made or reused. Raises `InputError` like `whole_record`."""
    artifact = whole_record(workspace, run, output).artifact
    return output.kind(artifact.path, artifact.properties)


def whole_record(workspace: Workspace, run: Run, output: Output[A]) -> StoredArtifact:
    """The record of the artifact that a run made or reused.

    Raises `InputError` if there is none, or if its files or its record were removed or damaged since.
    """
    key = _key(workspace, run, output)
    folder, stored = workspace.published(output.step, key), workspace.store.recorded(key, output.kind)
    if stored is None:
        place = folder / output.main
        raise InputError(f"{run.id}: expected the {output.verb} {output.noun} at {place}, but it was removed. {AGAIN}")
    if damage := stored.damage(digests=True):
        advice = AGAIN if stored.damage(digests=False) else SET_ASIDE
        raise InputError(f"{run.id}: {output.name} is damaged: {folder}: {damage}. {advice}")
    return stored


def _key(workspace: Workspace, run: Run, output: Output[A]) -> str:
    executions = workspace.store.executions(run.id)
    for each in executions:
        if each.step == output.step and each.made and each.key != UNREADABLE:
            return each.key
    now = state(workspace, run)
    lost = "table executions has no row of it" if now == "done" and not executions else ""
    problem = next((each.damage for each in executions if each.damage), lost)
    if problem:
        raise InputError(f"{run.id}: the record of {output.name} cannot be read: {problem}. {AGAIN}")
    raise InputError(f"{run.id}: the run has not {output.verb} a {output.noun}; its state is '{now}'.")
