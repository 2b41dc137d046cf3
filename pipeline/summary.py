"""Summaries of runs, gathered from the metadata store for display and for JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import Timeout

from vaeflow.components.closest import did_you_mean
from vaeflow.components.images.label_names import LABEL_NAMES_FILE, read_label_names
from vaeflow.models.errors import InputError
from vaeflow.pipeline.entities import ArtifactRow, Execution, Run
from vaeflow.pipeline.manifest import visible_kind
from vaeflow.pipeline.recorded_metrics import Recorded, read_metrics
from vaeflow.pipeline.workspace import Workspace

LATEST = "latest"


@dataclass(frozen=True)
class ArtifactSummary:
    """An artifact. `made_by` is the run that made it; `inputs` are the folders of the artifacts it was made from.

    `removed` is true if there is nothing left at its path, because of garbage collection or otherwise.
    """

    kind: str
    path: str
    removed: bool
    digest: str
    properties: dict[str, str | int | float | bool]
    made_by: str
    inputs: list[str]


@dataclass(frozen=True)
class StepSummary:
    """One step of a run. `seconds` is None until the step ends; `problem` says what is wrong with its record."""

    step: str
    state: str
    cached: bool
    seconds: float | None
    artifact: ArtifactSummary | None
    problem: str


@dataclass(frozen=True)
class RunSummary:
    """One run. `started` is in ISO 8601, in UTC, or empty; `seconds` is None until the run ends.

    `problem` says which of its rows in the store are damaged, and why the metrics or the classes cannot be read; empty
    if all is well. `findings` are those of the doctor, each with its name, title, evidence, meaning and change.
    What cannot be read is left empty, and such a state is `damaged`.
    `study` and `variant` say of which study it is a member, and are empty if it is of none.
    `classes` are the names of the classes in the order of their numbers, as long as the images are there.
    """

    run: str
    recipe: str
    state: str
    started: str
    seconds: float | None
    error: str
    log: str
    steps: list[StepSummary]
    metrics: dict[str, Any]
    findings: list[dict[str, str]]
    problem: str
    classes: list[str]
    config: dict[str, Any]
    study: str
    variant: str


def all_runs(workspace: Workspace) -> list[RunSummary]:
    """Summaries of all runs in the root, newest first."""
    return [summary(workspace, run) for run in runs_in(workspace)]


def find_run(workspace: Workspace, name: str) -> Run:
    """The run with the id `name`, or the newest run for "latest". Raises `InputError` if there is no such run."""
    runs = {run.id: run for run in runs_in(workspace)}
    if not runs:
        raise InputError(f"{name}: there are no runs in {workspace.root}.")
    if name == LATEST:
        return next(iter(runs.values()))
    if name not in runs:
        hint = did_you_mean(name, runs) or f" The newest is '{next(iter(runs))}'."
        raise InputError(f"{name}: no such run in {workspace.root}.{hint}")
    return runs[name]


def runs_in(workspace: Workspace) -> list[Run]:
    """All runs in the root, newest first."""
    return workspace.store.runs() if workspace.store.exists else []


def summary(workspace: Workspace, run: Run) -> RunSummary:
    """Everything that the store knows about a run."""
    run_state = state(workspace, run)
    steps = [_step(workspace, execution, run_state) for execution in workspace.store.executions(run.id)]
    recorded = _recorded(steps)
    classes, unread_classes = _classes(steps)
    damaged = [problem_of(run), *(f"{run.id}: {step.step}: {step.problem}." for step in steps if step.problem)]
    return RunSummary(
        run=run.id,
        recipe=run.recipe,
        state=run_state,
        started="" if run.started is None else datetime.fromtimestamp(run.started, UTC).isoformat(timespec="seconds"),
        seconds=_seconds(run),
        error=run.error,
        log=str(workspace.log(run.id)),
        steps=steps,
        metrics=recorded.metrics,
        findings=recorded.findings,
        problem=" ".join(filter(None, [*damaged, recorded.problem, unread_classes])),
        classes=classes,
        config=run.config,
        study=run.study,
        variant=run.variant,
    )


def problem_of(run: Run) -> str:
    """What is wrong with the run's own record, as a sentence; empty if nothing is."""
    return f"{run.id}: {run.damage}." if run.damage else ""


def state(workspace: Workspace, run: Run) -> str:
    """The state of a run. A run that is recorded as running but whose lock is free was killed."""
    if run.state != "running":
        return run.state
    try:
        with workspace.run_lock(run.id).acquire(timeout=0):
            return "killed"
    except (Timeout, OSError):
        return "running"


def _step(workspace: Workspace, execution: Execution, run_state: str) -> StepSummary:
    outputs = workspace.store.artifacts(execution.id, "output")
    inputs = workspace.store.artifacts(execution.id, "input")
    folders = [str(workspace.root / row.folder) for row in inputs]
    artifacts = [_artifact(workspace.root / row.folder, row, folders) for row in outputs]
    damaged = [row.damage for row in (execution, *inputs, *outputs) if row.damage]
    return StepSummary(
        step=execution.step,
        state=run_state if execution.state == "running" else execution.state,
        cached=execution.state == "cached",
        seconds=_seconds(execution),
        artifact=next(iter(artifacts), None),
        problem="; ".join(damaged),
    )


def _artifact(path: Path, row: ArtifactRow, inputs: list[str]) -> ArtifactSummary:
    removed = bool(row.folder) and not _may_be_there(path)
    return ArtifactSummary(row.kind, str(path), removed, row.digest, row.properties, row.made_by, inputs)


def _may_be_there(path: Path) -> bool:
    try:
        return bool(visible_kind(path))
    except InputError:  # without permission to look
        return True


def _seconds(entity: Run | Execution) -> float | None:
    if entity.finished is None or entity.started is None:
        return None
    return round(entity.finished - entity.started, 3)


def _recorded(steps: list[StepSummary]) -> Recorded:
    """What the evaluation of a run recorded; empty if there is none."""
    for folder in _folders(steps, "Evaluation"):
        return read_metrics(folder / "metrics.json")
    return Recorded({}, [], "")


def _classes(steps: list[StepSummary]) -> tuple[list[str], str]:
    """The names of the classes, and why they cannot be read."""
    for folder in _folders(steps, "Dataset"):
        try:
            return list(read_label_names(folder) or ()), ""
        except OSError as error:
            reason = error.strerror
        except ValueError:
            reason = "expected UTF-8"
        return [], f"{folder / LABEL_NAMES_FILE}: cannot be read: {reason}."
    return [], ""


def _folders(steps: list[StepSummary], kind: str) -> list[Path]:
    """The folders of the run's artifacts of a kind, as far as they are there."""
    artifacts = [step.artifact for step in steps if step.artifact is not None]
    return [Path(artifact.path) for artifact in artifacts if artifact.kind == kind and not artifact.removed]
