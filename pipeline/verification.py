"""Verification: compare the files of artifacts with the sizes and digests that were recorded at their publication."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from filelock import Timeout

from vaeflow.components.artifacts import Artifact
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.workspace import Workspace

Verdict = Literal["whole", "damaged", "removed", "unrecorded", "in use"]


@dataclass(frozen=True)
class Verification:
    """The state of one artifact. `unrecorded` artifacts were made by an older vaeflow, which did not record files."""

    step: str
    folder: Path
    verdict: Verdict
    detail: str = ""


def verify(workspace: Workspace, runs: list[Run]) -> Iterator[Verification]:
    """Verify the artifacts that the runs used and made, each of them once.

    Damaged artifacts are set aside, so that the next run makes them again.
    """
    made = {
        execution.key: execution.step
        for run in reversed(runs)
        for execution in workspace.store.executions(run.id)
        if execution.made
    }
    for key, step in made.items():
        yield _verify(workspace, step, key)


def _verify(workspace: Workspace, step: str, key: str) -> Verification:
    found = _compare(workspace, step, key)
    return _set_aside(workspace, found, key) if found.verdict == "damaged" else found


def _compare(workspace: Workspace, step: str, key: str) -> Verification:
    stored, folder = workspace.store.recorded(key, Artifact), workspace.published(step, key)
    if stored is None:
        return Verification(step, folder, "removed")
    if stored.files is None:
        return Verification(step, folder, "unrecorded", "made by an older vaeflow")
    damage = stored.damage(digests=True)
    return Verification(step, folder, "damaged" if damage else "whole", damage)


def _set_aside(workspace: Workspace, found: Verification, key: str) -> Verification:
    try:
        with workspace.artifact_lock(found.step, key).acquire(timeout=0):
            again = _compare(workspace, found.step, key)  # a run publishes an artifact before it records the files
            if again.verdict != "damaged":
                return again
            return replace(again, detail=f"{again.detail}; moved to {workspace.set_aside(again.folder)}")
    except Timeout:
        return replace(found, verdict="in use", detail="a run is making it")
    except OSError as error:
        return replace(found, detail=f"{found.detail}; cannot be moved: {error.strerror}")
