"""The entities of the metadata store: runs, executions and artifacts."""

from dataclasses import dataclass

from vaeflow.components.artifacts import Artifact
from vaeflow.pipeline.manifest import Manifest, damage


@dataclass(frozen=True)
class StoredArtifact:
    """A published artifact, with its cache key, the digest of its content, and the files that it was published with."""

    id: int
    key: str
    digest: str
    artifact: Artifact
    files: Manifest | None = None
    """None if an older vaeflow made it, which did not record the files."""

    def damage(self, *, digests: bool = False) -> str:
        """What is wrong with its files, compared by size or also by digest; empty if nothing is known to be wrong."""
        return damage(self.artifact.path, self.files or {}, digests=digests)


@dataclass(frozen=True)
class Run:
    """One call of `vaeflow run`. Times are in seconds since the epoch; `finished` is None until the run ends."""

    id: str
    recipe: str
    config: str
    state: str
    started: float
    finished: float | None
    error: str


@dataclass(frozen=True)
class Execution:
    """One step of a run. Its state is `running`, `done`, `cached`, `failed` or `interrupted`."""

    id: int
    step: str
    key: str
    state: str
    started: float
    finished: float | None

    @property
    def made(self) -> bool:
        """Whether it made or reused an artifact."""
        return self.state in ("done", "cached")


@dataclass(frozen=True)
class ArtifactRow:
    """An artifact as listed, with its folder relative to the root and the id of the run that made it."""

    kind: str
    folder: str
    digest: str
    properties: dict[str, str | int | float | bool]
    made_by: str
