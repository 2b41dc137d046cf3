"""Garbage collection: folders that no kept run needs leave the root, whatever else is running there.

A run announces each execution in the store before it uses or makes the artifact. Garbage is therefore chosen, and moved
to the trash, while nobody else can write to the store: a run that comes later finds it gone as a whole. Only then is
the trash emptied. What a collection that was killed leaves there goes with the next one.
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


@dataclass(frozen=True)
class Garbage:
    """A folder to remove: an artifact of this kind, or what a killed process has left, `ABANDONED`."""

    path: Path
    kind: str


@dataclass
class Folders:
    """Names of the folders that belong to executions: to any, and to those that a kept run needs."""

    known: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """Their artifacts stay."""
    unfinished: set[str] = field(default_factory=set)
    """A live run may be writing there, or the next run would go on from what is there."""


def collect(workspace: Workspace, plan: Plan, keep: int | None) -> dict[str, list[int]]:
    """Remove what no kept run needs; gives the sizes in bytes of the removed folders, by their kind.

    Kept are live runs, the newest run of each recipe, and its newest `keep` that are done, by default all of those;
    runs until different steps are counted apart.
    """
    workspace.prepare()
    with workspace.collector_lock():
        with workspace.store.held():
            garbage = find_garbage(workspace, plan, keep)
            trash = [Garbage(_in_trash(workspace, each.path), each.kind) for each in garbage]
        removed = sizes(trash)
        for each in trash:
            shutil.rmtree(each.path)
    return removed


def _in_trash(workspace: Workspace, folder: Path) -> Path:
    return folder if folder.parent.name == "trash" else workspace.throw_away(folder)


def find_garbage(workspace: Workspace, plan: Plan, keep: int | None) -> list[Garbage]:
    """What `collect` would remove. Folders that belong to no execution are not vaeflow's, and stay."""
    folders, recorded = _folders(workspace, plan, keep), workspace.store.recorded()
    garbage = [Garbage(path, ABANDONED) for path in workspace.folders("trash")]
    for path in (*workspace.folders("artifacts"), *workspace.folders("staging")):
        kind = recorded.get(path.relative_to(workspace.root).as_posix(), ABANDONED)
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
            made = execution.state in ("done", "cached")
            if kept[run.id] == "running" or (execution.step in resuming and not made):
                folders.unfinished.add(name)
    return folders


def _kept_runs(workspace: Workspace, keep: int | None) -> dict[str, str]:
    """The kept runs with their states.

    The newest of a recipe stays even if it has failed or was killed: the next one goes on from what it has left. Runs
    of other steps are counted apart: a run that ends with preprocess does not take the place of one with a model.
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
    """Bytes of each folder, by kind."""
    found: dict[str, list[int]] = {}
    for each in garbage:
        found.setdefault(each.kind, []).append(_size(each.path))
    return found


def _size(folder: Path) -> int:
    return sum(os.lstat(Path(place, name)).st_size for place, _, names in os.walk(folder) for name in names)
