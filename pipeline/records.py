"""What the metadata store knows, as plain records."""

from dataclasses import dataclass

from vaeflow.components.artifacts import Artifact


@dataclass(frozen=True)
class StoredArtifact:
    """A published artifact, with the digest of its content."""

    id: int
    key: str
    digest: str
    artifact: Artifact


@dataclass(frozen=True)
class Run:
    """One call of `vaeflow run`. Times are seconds since the epoch; `finished` is None until it ends."""

    id: str
    recipe: str
    config: str
    state: str
    started: float
    finished: float | None
    error: str


@dataclass(frozen=True)
class Execution:
    """One step in a run: `running`, `done`, `cached`, `failed` or `interrupted`."""

    id: int
    step: str
    key: str
    state: str
    started: float
    finished: float | None


@dataclass(frozen=True)
class ArtifactRow:
    """An artifact as listed: where it lies, relative to the root, and the run that made it."""

    kind: str
    folder: str
    digest: str
    properties: dict[str, str | int | float | bool]
    made_by: str
