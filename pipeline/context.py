"""What all executions of a run share, and the cache keys that follow from it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vaeflow.components.training.history import OnEpoch
from vaeflow.models.config import Config
from vaeflow.pipeline.entities import StoredArtifact
from vaeflow.pipeline.fingerprint import cache_key
from vaeflow.pipeline.plan import START_FIELD, Plan, Step, starts, with_fields
from vaeflow.pipeline.starting import Start
from vaeflow.pipeline.store import Store
from vaeflow.pipeline.workspace import Workspace


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
        start = self.starts.get(step.name)
        digests = [stored.digest for stored in inputs] + ([start.digest] if start else [])
        return cache_key(step, self.config, digests, salt)

    def used(self, step: Step, inputs: tuple[StoredArtifact, ...]) -> tuple[StoredArtifact, ...]:
        """The inputs of a step, with what it starts from if that is an artifact under the root."""
        start = self.starts.get(step.name)
        return (*inputs, start.stored) if start and start.stored else inputs

    def with_fields(self, section: str, fields: Mapping[str, Any]) -> "Context":
        """The same with other values of the fields of a section."""
        return replace(self, config=with_fields(self.config, section, fields))

    def find(self, step: Step, inputs: tuple[StoredArtifact, ...]) -> StoredArtifact | None:
        """The cached artifact of a step with these inputs; None if there is none or it is damaged."""
        return self.store.find(self.key(step, inputs), step.makes, digests=step.compared_in_full)


def prepared(
    plan: Plan,
    config: Config,
    root: Path,
    *,
    beam_args: Sequence[str] = (),
    salt: str = "",
    on_epoch: OnEpoch | None = None,
) -> Context:
    """The context of a run, with what its steps start from, which the configuration then names by what is recorded.

    Raises `InputError`, with the field, if something is not found.
    """
    found = starts(plan, config, root)
    for name, start in found.items():
        config = with_fields(config, name, {START_FIELD: start.name})
    return Context(root.absolute(), config, tuple(beam_args), salt, found, on_epoch)
