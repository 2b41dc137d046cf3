"""Execute one step of a run, or reuse the artifact of an identical earlier execution."""

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vaeflow.models.config import Config
from vaeflow.pipeline.entities import StoredArtifact
from vaeflow.pipeline.failures import writing_to
from vaeflow.pipeline.fingerprint import cache_key, content_digest
from vaeflow.pipeline.going_on import go_on
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.plan import START_FIELD, Plan, Step, starts, with_fields
from vaeflow.pipeline.starting import Start
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
    config: Config
    """The whole configuration."""
    beam_args: tuple[str, ...] = ()
    salt: str = ""
    """Empty, or unique to the run, whose steps then find no cached artifact."""
    starts: Mapping[str, Start] = field(default_factory=dict)
    """What steps start from, by the name of the step."""

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
        start = self.starts.get(step.name)
        digests = [stored.digest for stored in inputs] + ([start.digest] if start else [])
        return cache_key(step, self.config, digests, salt)

    def used(self, step: Step, inputs: tuple[StoredArtifact, ...]) -> tuple[StoredArtifact, ...]:
        """The inputs of a step, with what it starts from if that is an artifact under the root."""
        start = self.starts.get(step.name)
        return (*inputs, start.stored) if start and start.stored else inputs

    def find(self, step: Step, inputs: tuple[StoredArtifact, ...]) -> StoredArtifact | None:
        """The cached artifact of a step with these inputs; None if there is none or it is damaged."""
        return self.store.find(self.key(step, inputs), step.makes, digests=step.compared_in_full)


def prepared(plan: Plan, config: Config, root: Path, *, beam_args: Sequence[str] = (), salt: str = "") -> Context:
    """The context of a run, with what its steps start from, which the configuration then names by what is recorded.

    Raises `InputError`, with the field, if something is not found.
    """
    found = starts(plan, config, root)
    for name, start in found.items():
        config = with_fields(config, name, {START_FIELD: start.name})
    return Context(root.absolute(), config, tuple(beam_args), salt, found)


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
        go_on(
            step, context.config, lambda config: replace(context, config=config).key(step, inputs), workspace, staging
        )
    options: dict[str, Any] = {"beam_args": context.beam_args} if step.takes_beam_args else {}
    if start := context.starts.get(step.name):
        options["start"] = start.file
    section = getattr(context.config, step.name)
    try:
        artifact = step.run(section, *(stored.artifact for stored in inputs), output=staging, **options)
        files = take_manifest(staging)
    except Exception:
        workspace.discard_staging(step.name, key, resumes=step.resumes)
        raise
    published = replace(artifact, path=workspace.publish(step.name, key))
    stored = context.store.finish_made(execution, key, published, content_digest(step.makes, files), files)
    log.info("%s: done in %.1f s", step.name, time.monotonic() - started)
    return stored
