"""Verification: compare the files of artifacts with the sizes and digests that were recorded at their publication."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from filelock import Timeout

from vaeflow.components.artifacts import Artifact
from vaeflow.models.errors import InputError
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.manifest import visible_kind
from vaeflow.pipeline.workspace import Workspace

Verdict = Literal["whole", "damaged", "unreadable", "removed", "unrecorded", "in use"]


@dataclass(frozen=True)
class Verification:
    """The state of one artifact.

    `unreadable` are those that the user has no permission to read, and those whose record is damaged; `unrecorded` were
    made by an older vaeflow, which did not record files.
    """

    step: str
    folder: Path
    verdict: Verdict
    detail: str = ""


def verify(workspace: Workspace, runs: list[Run]) -> Iterator[Verification]:
    """Verify the artifacts that the runs used and made, each of them once.

    Damaged artifacts are set aside, so that the next run makes them again.
    """
    made: dict[str, str] = {}
    for run in reversed(runs):
        for execution in workspace.store.executions(run.id):
            if execution.damage:
                yield Verification(execution.step, workspace.root, "unreadable", f"{run.id}: {execution.damage}")
            elif execution.made:
                made[execution.key] = execution.step
    for key, step in made.items():
        yield _verify(workspace, step, key)


def _verify(workspace: Workspace, step: str, key: str) -> Verification:
    found = _compare(workspace, step, key)
    return _set_aside(workspace, found, key) if found.verdict == "damaged" else found


def _compare(workspace: Workspace, step: str, key: str) -> Verification:
    folder = workspace.published(step, key)
    try:
        return Verification(step, folder, *_verdict(workspace, folder, key))
    except InputError as error:
        return Verification(step, folder, "unreadable", str(error).rstrip("."))


def _verdict(workspace: Workspace, folder: Path, key: str) -> tuple[Verdict, str]:
    """The verdict with its detail. Raises `InputError` without permission to read the artifact."""
    stored = workspace.store.recorded(key, Artifact)
    if stored is None:
        return ("unreadable", "its record is lost or damaged") if visible_kind(folder) else ("removed", "")
    if stored.record_damage:
        return "unreadable", stored.record_damage
    damage = stored.damage(digests=True)
    if damage or stored.files is not None:
        return ("damaged" if damage else "whole"), damage
    return "unrecorded", "made by an older vaeflow"


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
