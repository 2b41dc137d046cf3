"""Garbage collection: remove the folders that no kept run needs, safely beside running runs.

A run records each execution in the store before it uses or makes the artifact. Garbage is selected and moved to the
trash while the store is locked against other writers, so later runs find either a whole artifact or none. The trash is
emptied after the lock is released. If a collection is killed, the next one empties what is left in the trash.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.removal import remove
from vaeflow.pipeline.entities import UNREADABLE
from vaeflow.pipeline.plan import Plan
from vaeflow.pipeline.summary import state
from vaeflow.pipeline.workspace import Workspace, folder_name

log = logging.getLogger(__name__)

ABANDONED = "abandoned"
DAMAGED = "damaged"


@dataclass(frozen=True)
class Garbage:
    """A folder to remove, or what is in its place. `kind` is the kind of the artifact.

    It is `ABANDONED` for what a killed process left, and `DAMAGED` for artifacts that were set aside.
    """

    path: Path
    kind: str


class Collected(NamedTuple):
    """The sizes of the removed folders in bytes, by kind, and a line for each that could not be removed."""

    removed: dict[str, list[int]]
    left: list[str]


@dataclass
class Folders:
    """Names of the folders of executions: of all executions, and of those that a kept run needs."""

    known: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """Folders whose artifacts are kept, also those that a kept run started from."""
    made: set[str] = field(default_factory=set)
    """Folders of artifacts that a kept run has made or reused."""
    unfinished: set[str] = field(default_factory=set)
    """Folders that a live run may be writing to, or that the next run would resume from."""
    unreadable: bool = False
    """Whether damaged records keep the name of a folder, or who needs it, from being known."""


def collect(workspace: Workspace, plan: Plan, keep: int | None) -> Collected:
    """Remove what no kept run needs. What cannot be removed is left to the next collection.

    Live runs, the newest run of each recipe and its newest `keep` finished runs (all if None) are kept. Runs until
    different steps are counted separately.
    """
    workspace.prepare()
    collected = Collected({}, [])
    with workspace.collector_lock():
        with workspace.store.locked():
            trash = list(_moved_to_trash(workspace, find_garbage(workspace, plan, keep), collected.left))
        for each in trash:
            with _noting(each.path, collected.left):
                size = _size(each.path)
                remove(each.path)
                collected.removed.setdefault(each.kind, []).append(size)
    return collected


def _moved_to_trash(workspace: Workspace, garbage: Sequence[Garbage], left: list[str]) -> Iterator[Garbage]:
    for each in garbage:
        if each.path.parent.name == "trash":
            yield each
            continue
        with _noting(each.path, left):
            yield replace(each, path=workspace.move_to_trash(each.path))


@contextmanager
def _noting(path: Path, left: list[str]) -> Iterator[None]:
    """Note an error of the system, so that one folder does not keep the others from being removed."""
    try:
        yield
    except OSError as error:
        left.append(f"{path}: cannot be removed: {error.strerror}.")


def find_garbage(workspace: Workspace, plan: Plan, keep: int | None) -> list[Garbage]:
    """What `collect` would remove. Folders that belong to no execution are left alone.

    If a damaged record leaves open which folders a run needs, a warning says so, and all artifacts are left alone.
    """
    garbage = [Garbage(path, ABANDONED) for path in workspace.entries("trash")]
    garbage += [Garbage(path, DAMAGED) for path in workspace.entries("damaged")]
    folders, recorded = _folders(workspace, plan, keep), workspace.store.folders()
    if folders.unreadable or any(row.damage for row in recorded):
        log.warning("%s: damaged rows leave open which artifacts are needed: all are kept", workspace.store.path)
        return garbage
    kinds = {row.folder: row.kind for row in recorded}
    for path in (*workspace.entries("artifacts"), *workspace.entries("staging")):
        kind = kinds.get(path.relative_to(workspace.root).as_posix(), ABANDONED)
        needed = folders.unfinished if kind == ABANDONED else folders.used
        if path.parent.name == "artifacts":  # also if its record is lost
            needed = needed | folders.made
        if path.name in folders.known - needed:
            garbage.append(Garbage(path, kind))
    return garbage


def _folders(workspace: Workspace, plan: Plan, keep: int | None) -> Folders:
    kept, resuming = _kept_runs(workspace, keep), {step.name for step in plan if step.resumes}
    inputs = workspace.store.inputs()
    folders = Folders()
    for run in workspace.store.runs():
        folders.unreadable |= run.id == UNREADABLE
        for execution in workspace.store.executions(run.id):
            folders.unreadable |= UNREADABLE in (execution.step, execution.key)
            name = folder_name(execution.step, execution.key)
            folders.known.add(name)
            if run.id not in kept:
                continue
            folders.used.add(name)
            folders.used |= inputs.get(execution.id, set())
            if execution.made:
                folders.made.add(name)
            if kept[run.id] == "running" or (execution.step in resuming and not execution.made):
                folders.unfinished.add(name)
    return folders


def _kept_runs(workspace: Workspace, keep: int | None) -> dict[str, str]:
    """The ids of the kept runs, with their states.

    The newest run of a recipe is kept even if it failed or was killed, since the next run resumes from it, and so is a
    run with a damaged record. Runs until different steps are counted separately: a run that ends with preprocess does
    not replace one with a model.
    """
    kept: dict[str, str] = {}
    recipes: set[str] = set()
    done: Counter[tuple[str, frozenset[str]]] = Counter()
    for run in workspace.store.runs():
        now = state(workspace, run)
        recent = run.recipe not in recipes or now == "running" or bool(run.damage)
        if not run.damage:
            recipes.add(run.recipe)
        if now == "done" and not run.damage:
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


def _size(path: Path) -> int:
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    return sum(os.lstat(Path(place, name)).st_size for place, _, names in os.walk(path) for name in names)
