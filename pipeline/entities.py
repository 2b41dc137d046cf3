"""The entities of the metadata store: runs, executions and artifacts."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    Json,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from vaeflow.components.artifacts import Artifact, Property
from vaeflow.pipeline.manifest import FileRecord, Manifest, damage
from vaeflow.pipeline.property_types import PROPERTY_TYPES
from vaeflow.pipeline.values import shown

Name = Annotated[str, StringConstraints(pattern=r"^[^/\x00-\x1f\x7f]{1,255}$")]
"""A name that can be part of the name of a file."""
Folder = Annotated[str, StringConstraints(pattern=r"^artifacts/\w[^/\x00-\x1f\x7f]{0,254}$")]
"""A folder of an artifact, relative to the root."""
Time = Annotated[float, Field(ge=0, lt=253_402_214_400)]
"""Seconds since the epoch, until the year 9999."""
RUN_STATES = "^(running|done|failed|interrupted|pruned)$"
EXECUTION_STATES = "^(running|done|cached|failed|interrupted|pruned)$"
UNREADABLE = "(unreadable)"
DAMAGED = "damaged"


@dataclass(frozen=True)
class Membership:
    """Of which study a run is a member, and which of its variants it is, with which seed."""

    study: str = ""
    variant: str = ""
    seed: int = 0

    def __str__(self) -> str:
        return f"{self.variant}, seed {self.seed}"


NO_STUDY = Membership()


@dataclass(frozen=True)
class StoredArtifact:
    """A published artifact, with its cache key, the digest of its content, and the files that it was published with."""

    id: int
    key: str
    digest: str
    artifact: Artifact
    files: Manifest | None = None
    """None if an older vaeflow made it, which did not record the files."""
    record_damage: str = ""
    """What is wrong with its record in the store; empty if nothing is."""

    def damage(self, *, digests: bool = False) -> str:
        """What is wrong with its record, its folder or its files; empty if nothing is known to be wrong.

        Files are compared by size, or also by digest. Raises `InputError` without permission to read them.
        """
        return self.record_damage or damage(self.artifact.path, self.files or {}, digests=digests)


class Row(BaseModel):
    """A row of the store. A field whose value cannot be read has its default, and `damage` names it."""

    model_config = ConfigDict(frozen=True, strict=True)

    table: ClassVar[str]

    damage: str = ""

    @classmethod
    def read(cls, row: sqlite3.Row) -> Self:
        """The entity in a row, which may be damaged and may have only some of the fields."""
        values: Mapping[str, Any] = {name: row[name] for name in row.keys()}  # noqa: SIM118, a row is no mapping
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            broken = {str(details["loc"][0]): details["msg"] for details in error.errors(include_url=False)}
        what = ", ".join(f"{name} is {shown(values[name])} ({reason})" for name, reason in broken.items())
        readable = {name: value for name, value in values.items() if name not in broken}
        return cls.model_validate({**readable, "damage": f"damaged row in table {cls.table}: {what}"})


class Run(Row):
    """One call of `vaeflow run`. `finished` is None until the run ends."""

    table = "runs"

    id: Name = UNREADABLE
    recipe: str = ""
    config: Json[dict[str, Any]] = {}
    state: str = Field(DAMAGED, pattern=RUN_STATES)
    started: Time | None = None
    finished: Time | None = None
    error: str = ""
    study: str = ""
    variant: str = ""
    seed: int = 0

    @property
    def membership(self) -> Membership:
        """Of which study it is a member."""
        return Membership(self.study, self.variant, self.seed)


class Execution(Row):
    """One step of a run."""

    table = "executions"

    id: int = 0
    step: Name = UNREADABLE
    key: Name = UNREADABLE
    state: str = Field(DAMAGED, pattern=EXECUTION_STATES)
    started: Time | None = None
    finished: Time | None = None

    @property
    def made(self) -> bool:
        """Whether it made or reused an artifact."""
        return self.state in ("done", "cached")


class ArtifactRow(Row):
    """An artifact as listed, with its folder relative to the root and the id of the run that made it."""

    table = "artifacts"

    id: int = 0
    kind: Name = "Artifact"
    folder: Folder = ""
    digest: str = ""
    properties: Json[dict[str, Property]] = {}
    files: Json[dict[str, FileRecord]] | None = None
    made_by: str = ""

    @field_validator("properties")
    @classmethod
    def _suit_the_kind(cls, properties: dict[str, Property], info: ValidationInfo) -> dict[str, Property]:
        if expected := PROPERTY_TYPES.get(info.data.get("kind", "")):
            try:
                expected.model_validate(properties)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                raise PydanticCustomError(
                    "property", "{name}: {reason}", {"name": first["loc"][0], "reason": first["msg"]}
                ) from None
        return properties
