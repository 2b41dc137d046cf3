"""Execute one step of a run, or reuse the artifact of an identical earlier execution."""

import logging
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vaeflow.components.training.history import OnEpoch, Pruned
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.entities import StoredArtifact
from vaeflow.pipeline.failures import writing_to
from vaeflow.pipeline.fingerprint import cache_key, content_digest
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.plan import Plan, Step
from vaeflow.pipeline.store import Store
from vaeflow.pipeline.workspace import Workspace

log = logging.getLogger(__name__)


class StepError(Exception):
    """A step failed with the exception `cause`."""

    def __init__(self, step: str, cause: Exception) -> None:
        super().__init__(cause)
        self.step = step
        self.cause = cause


@dataclass(frozen=True)
class Context:
    """What all executions of a run share. It is small and can be pickled: Beam sends it to the steps."""

    root: Path
    config: PipelineConfig
    beam_args: tuple[str, ...] = ()
    salt: str = ""
    """Empty, or unique to the run, whose steps then find no cached artifact."""
    on_epoch: OnEpoch | None = None
    """What a step that trains calls after each epoch; Beam sends it to the step too."""

    @property
    def workspace(self) -> Workspace:
        """The folders under the root."""
        return Workspace(self.root)

    @property
    def store(self) -> Store:
        """The metadata store of the root."""
        return self.workspace.store

    def key(self, step: Step, inputs: tuple[StoredArtifact, ...]) -> str:
        """The cache key of a step with these inputs. It is unique if the step is never cached."""
        salt = self.salt if step.cached else uuid.uuid4().hex
        return cache_key(step, self.config, [stored.digest for stored in inputs], salt)

    def find(self, step: Step, inputs: tuple[StoredArtifact, ...]) -> StoredArtifact | None:
        """The cached artifact of a step with these inputs; None if there is none or it is damaged."""
        return self.store.find(self.key(step, inputs), step.makes, digests=step.compared_in_full)


def execute(
    step: Step, context: Context, run: str, inputs: tuple[StoredArtifact, ...], later: Plan = ()
) -> StoredArtifact:
    """Execute a step and return its published artifact.

    Raises `StepError` if anything fails, or if the inputs will not suit a later step.
    """
    try:
        _foresee(later, context, inputs)
        key = context.key(step, inputs)
        execution = context.store.begin_execution(run, step.name, key, inputs)
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
                step.foresees(getattr(context.config, step.name), stored.artifact)


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
    offered = {"beam_args": context.beam_args, "on_epoch": context.on_epoch}
    return {name: value for name, value in offered.items() if step.takes(name)}
