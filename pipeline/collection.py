"""Garbage collection: remove the folders that no kept run needs, safely beside running runs.

A run records each execution in the store before it uses or makes the artifact. Garbage is selected and moved to the
trash while the store is locked against other writers, so later runs find either a whole artifact or none. The trash is
emptied after the lock is released. If a collection is killed, the next one empties what is left in the trash.
"""

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vaeflow.pipeline.plan import Plan
from vaeflow.pipeline.summary import state
from vaeflow.pipeline.workspace import Workspace, folder_name

ABANDONED = "abandoned"
DAMAGED = "damaged"


@dataclass(frozen=True)
class Garbage:
    """A folder to remove. `kind` is the kind of the artifact.

    It is `ABANDONED` for what a killed process left, and `DAMAGED` for artifacts that were set aside.
    """

    path: Path
    kind: str


@dataclass
class Folders:
    """Names of the folders of executions: of all executions, and of those that a kept run needs."""

    known: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """Folders whose artifacts are kept."""
    unfinished: set[str] = field(default_factory=set)
    """Folders that a live run may be writing to, or that the next run would resume from."""


def collect(workspace: Workspace, plan: Plan, keep: int | None) -> dict[str, list[int]]:
    """Remove what no kept run needs; return the sizes of the removed folders in bytes, by kind.

    Live runs, the newest run of each recipe and its newest `keep` finished runs (all if None) are kept. Runs until
    different steps are counted separately.
    """
    workspace.prepare()
    with workspace.collector_lock():
        with workspace.store.locked():
            garbage = find_garbage(workspace, plan, keep)
            trash = [Garbage(_in_trash(workspace, each.path), each.kind) for each in garbage]
        removed = sizes(trash)
        for each in trash:
            shutil.rmtree(each.path)
    return removed


def _in_trash(workspace: Workspace, folder: Path) -> Path:
    return folder if folder.parent.name == "trash" else workspace.move_to_trash(folder)


def find_garbage(workspace: Workspace, plan: Plan, keep: int | None) -> list[Garbage]:
    """The folders that `collect` would remove. Folders that belong to no execution are left alone."""
    folders, kinds = _folders(workspace, plan, keep), workspace.store.artifact_kinds()
    garbage = [Garbage(path, ABANDONED) for path in workspace.folders("trash")]
    garbage += [Garbage(path, DAMAGED) for path in workspace.folders("damaged")]
    for path in (*workspace.folders("artifacts"), *workspace.folders("staging")):
        kind = kinds.get(path.relative_to(workspace.root).as_posix(), ABANDONED)
        needed = folders.unfinished if kind == ABANDONED else folders.used
        if path.name in folders.known - needed:
            garbage.append(Garbage(path, kind))
    return garbage


def _folders(workspace: Workspace, plan: Plan, keep: int | None) -> Folders:
    kept, resuming = _kept_runs(workspace, keep), {step.name for step in plan if step.resumes}
    folders = Folders()
    for run in workspace.store.runs():
        for execution in workspace.store.executions(run.id):
            name = folder_name(execution.step, execution.key)
            folders.known.add(name)
            if run.id not in kept:
                continue
            folders.used.add(name)
            if kept[run.id] == "running" or (execution.step in resuming and not execution.made):
                folders.unfinished.add(name)
    return folders


def _kept_runs(workspace: Workspace, keep: int | None) -> dict[str, str]:
    """The ids of the kept runs, with their states.

    The newest run of a recipe is kept even if it failed or was killed, since the next run resumes from it. Runs until
    different steps are counted separately: a run that ends with preprocess does not replace one with a model.
    """
    kept: dict[str, str] = {}
    recipes: set[str] = set()
    done: Counter[tuple[str, frozenset[str]]] = Counter()
    for run in workspace.store.runs():
        now = state(workspace, run)
        recent = run.recipe not in recipes or now == "running"
        recipes.add(run.recipe)
        if now == "done":
            alike = run.recipe, frozenset(execution.step for execution in workspace.store.executions(run.id))
            done[alike] += 1
            recent |= keep is None or done[alike] <= keep
        if recent:
            kept[run.id] = now
    return kept


def sizes(garbage: Sequence[Garbage]) -> dict[str, list[int]]:
    """The size of each folder in bytes, by kind."""
    found: dict[str, list[int]] = {}
    for each in garbage:
        found.setdefault(each.kind, []).append(_size(each.path))
    return found


def _size(folder: Path) -> int:
    return sum(os.lstat(Path(place, name)).st_size for place, _, names in os.walk(folder) for name in names)
