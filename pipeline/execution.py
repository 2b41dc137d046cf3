"""Execute one step of a run, or reuse the artifact of an identical earlier execution."""

import logging
import time
from dataclasses import replace
from typing import Any

from vaeflow.components.training.history import Pruned
from vaeflow.pipeline.context import Context
from vaeflow.pipeline.entities import StoredArtifact
from vaeflow.pipeline.failures import writing_to
from vaeflow.pipeline.fingerprint import content_digest
from vaeflow.pipeline.going_on import go_on
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.plan import Plan, Step

log = logging.getLogger(__name__)


class StepError(Exception):
    """A step failed with the exception `cause`."""

    def __init__(self, step: str, cause: Exception) -> None:
        super().__init__(cause)
        self.step = step
        self.cause = cause


def execute(
    step: Step, context: Context, run: str, inputs: tuple[StoredArtifact, ...], later: Plan = ()
) -> StoredArtifact:
    """Execute a step and return its published artifact.

    Raises `StepError` if anything fails, or if the inputs will not suit a later step.
    """
    try:
        _foresee(later, context, inputs)
        key = context.key(step, inputs)
        execution = context.store.begin_execution(run, step.name, key, context.used(step, inputs))
        with context.workspace.exclusive(step.name, key):
            stored = _whole(step, context, key)
            if stored is not None:
                context.store.finish_cached(execution, stored)
                log.info("%s: cached", step.name)
                return stored
            return _make(step, context, key, execution, inputs)
    except Exception as error:
        raise StepError(step.name, error) from error


def _foresee(later: Plan, context: Context, inputs: tuple[StoredArtifact, ...]) -> None:
    for step in later:
        if step.foresees is not None:
            for stored in inputs:
                step.foresees(context.config, stored.artifact)


def _whole(step: Step, context: Context, key: str) -> StoredArtifact | None:
    """The artifact with this key. If it is damaged, sets it aside with a warning and returns None."""
    stored = context.store.recorded(key, step.makes)
    damage = stored.damage(digests=step.compared_in_full) if stored is not None else ""
    if stored is None or not damage:
        return stored
    with writing_to(context.root):
        moved = context.workspace.set_aside(stored.artifact.path)
    log.warning("%s: the cached artifact is damaged: %s. Moved to %s; making it again.", step.name, damage, moved)
    return None


def _make(step: Step, context: Context, key: str, execution: int, inputs: tuple[StoredArtifact, ...]) -> StoredArtifact:
    log.info("%s: started", step.name)
    started = time.monotonic()
    workspace = context.workspace
    with writing_to(context.root):
        staging = workspace.open_staging(step.name, key, resumes=step.resumes)
        go_on(step, context, inputs, staging)
    section = getattr(context.config, step.name)
    try:
        artifact = step.run(
            section, *(stored.artifact for stored in inputs), output=staging, **_optional(step, context)
        )
        files = take_manifest(staging)
    except Pruned:
        workspace.discard_staging(step.name, key, resumes=False)  # nothing will go on from here
        raise
    except Exception:
        workspace.discard_staging(step.name, key, resumes=step.resumes)
        raise
    published = replace(artifact, path=workspace.publish(step.name, key))
    stored = context.store.finish_made(execution, key, published, content_digest(step.makes, files), files)
    log.info("%s: done in %.1f s", step.name, time.monotonic() - started)
    return stored


def _optional(step: Step, context: Context) -> dict[str, Any]:
    """The arguments that only some steps take."""
    start = context.starts.get(step.name)
    offered = {"beam_args": context.beam_args, "start": start and start.file, "on_epoch": context.on_epoch}
    return {name: value for name, value in offered.items() if step.takes(name)}
