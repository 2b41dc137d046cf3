"""The metadata store: runs, executions, artifacts and their lineage, in SQLite with write-ahead logging.

Every method opens its own connection, so a store can be used from any thread and sent to any process.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vaeflow.components.artifacts import Artifact
from vaeflow.components.file_kinds import FILE, FOLDER
from vaeflow.models.errors import InputError
from vaeflow.pipeline.database import RESTORE, reading, table_names, writing
from vaeflow.pipeline.entities import NO_STUDY, ArtifactRow, Execution, Membership, Run, StoredArtifact
from vaeflow.pipeline.manifest import Manifest, visible_kind
from vaeflow.pipeline.migrations import migrate

MOST_RUNS = 1_000_000_000
"""A higher number of a run is damaged."""


BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of the store for the files that it opens by itself."""


class Store:
    """A metadata store in one SQLite file. Artifact folders are stored relative to it, so a root can be moved."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether a run has created it: a first run that is killed at once may leave a file without tables."""
        return bool(self.check())

    def check(self) -> set[str]:
        """The names of its tables, empty if it does not exist.

        Like all methods that read, raises `InputError` if the file cannot be read, is not a store, or was emptied.
        """
        root = self.path.parent
        if not _is_file(self.path):
            return set()
        with reading(self.path) as db:
            tables = table_names(db)
        if not tables and any(root.glob("artifacts/*")):
            raise InputError(
                f"{self.path}: is empty, but {root}/artifacts is not: expected the record of these artifacts. {RESTORE}"
            )
        return tables

    def create(self) -> None:
        """Create the schema, or migrate it from an older version. Two processes must not do this at the same time.

        Raises `InputError` if the file is not a store or was written by a newer vaeflow.
        """
        with writing(self.path) as db:
            db.execute("PRAGMA journal_mode = WAL")
            migrate(db)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with writing(self.path) as db:
            db.execute("BEGIN IMMEDIATE")
            with db:
                yield db

    def begin_run(
        self, recipe: str, config: str, announce: Callable[[str], object], membership: Membership = NO_STUDY
    ) -> str:
        """Record a new run and return its id, `<recipe>-<n>`. Calls `announce(id)` before others can see the run."""
        with self._transaction() as db:
            number = _next_number(db, recipe)
            run = f"{recipe}-{number}"
            announce(run)
            db.execute(
                """
                INSERT INTO runs (id, recipe, number, config, state, started, study, variant, seed)
                VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?)
                """,
                (run, recipe, number, config, time.time(), membership.study, membership.variant, membership.seed),
            )
        return run

    def finish_run(self, run: str, state: str, error: str = "") -> None:
        """Record how a run ended. Executions that are still running get the same state."""
        now = time.time()
        with self._transaction() as db:
            db.execute("UPDATE runs SET state = ?, finished = ?, error = ? WHERE id = ?", (state, now, error, run))
            db.execute(
                "UPDATE executions SET state = ?, finished = ? WHERE run = ? AND state = 'running'", (state, now, run)
            )

    def begin_execution(self, run: str, step: str, key: str, inputs: Sequence[StoredArtifact]) -> int:
        """Record that a step of a run starts with these inputs, and return the execution's id."""
        with self._transaction() as db:
            return _begin_execution(db, run, step, key, inputs)

    def reuse(
        self, run: str, step: str, key: str, kind: type[Artifact], inputs: Sequence[StoredArtifact]
    ) -> StoredArtifact | None:
        """Record that a step of a run reuses a cached artifact, and return it; None if `find` does not find it.

        The look-up and the record are one transaction, so garbage collection cannot remove the artifact in between.
        """
        with self._transaction() as db:
            stored = self._find(db, key, kind)
            if stored is not None:
                _finish_execution(db, _begin_execution(db, run, step, key, inputs), "cached", stored.id)
        return stored

    def finish_cached(self, execution: int, stored: StoredArtifact) -> None:
        """Record that the execution reused a cached artifact."""
        with self._transaction() as db:
            _finish_execution(db, execution, "cached", stored.id)

    def finish_made(self, execution: int, key: str, artifact: Artifact, digest: str, files: Manifest) -> StoredArtifact:
        """Record the artifact that the execution made, with its files, and return it."""
        folder = artifact.path.relative_to(self.path.parent).as_posix()
        properties = json.dumps(dict(artifact.properties))
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO artifacts (key, kind, folder, digest, properties, files) VALUES (?, ?, ?, ?, ?, ?)",
                (key, type(artifact).__name__, folder, digest, properties, json.dumps(files)),
            )
            number = int(cursor.lastrowid or 0)
            _finish_execution(db, execution, "done", number)
        return StoredArtifact(number, key, digest, artifact, files)

    def find(self, key: str, kind: type[Artifact], *, digests: bool = False) -> StoredArtifact | None:
        """The artifact with this cache key; None if there is none, its folder no longer exists, or it is damaged.

        Its files are compared by size, or also by digest.
        """
        with reading(self.path) as db:
            return self._find(db, key, kind, digests=digests)

    def recorded(self, key: str, kind: type[Artifact]) -> StoredArtifact | None:
        """Like `find`, but gives the artifact even if it is damaged, or is something else than a folder."""
        with reading(self.path) as db:
            return self._recorded(db, key, kind)

    def _find(
        self, db: sqlite3.Connection, key: str, kind: type[Artifact], *, digests: bool = False
    ) -> StoredArtifact | None:
        stored = self._recorded(db, key, kind)
        return None if stored is None or stored.damage(digests=digests) else stored

    def _recorded(self, db: sqlite3.Connection, key: str, kind: type[Artifact]) -> StoredArtifact | None:
        row = db.execute("SELECT * FROM artifacts WHERE key = ? ORDER BY id DESC LIMIT 1", (key,)).fetchone()
        if row is None:
            return None
        record = ArtifactRow.read(row)
        path = self.path.parent / record.folder
        if not record.folder or not visible_kind(path):
            return None
        damage = record.damage
        if not damage and kind is not Artifact and record.kind != kind.__name__:
            damage = f"its record is one of {record.kind}, expected {kind.__name__}"
        artifact = kind(path, record.properties)
        return StoredArtifact(record.id, key, record.digest, artifact, record.files, record_damage=damage)

    def runs(self) -> list[Run]:
        """All runs, newest first; those of which the start cannot be read come last."""
        with reading(self.path) as db:
            rows = db.execute("SELECT * FROM runs ORDER BY rowid DESC").fetchall()
        return sorted(map(Run.read, rows), key=lambda run: run.started or 0, reverse=True)

    def executions(self, run: str) -> list[Execution]:
        """The executions of a run, in the order in which they started."""
        with reading(self.path) as db:
            rows = db.execute(
                "SELECT id, step, key, state, started, finished FROM executions WHERE run = ? ORDER BY id", (run,)
            ).fetchall()
        return [Execution.read(row) for row in rows]

    def folders(self) -> list[ArtifactRow]:
        """The folder and the kind of every artifact ever recorded."""
        with reading(self.path) as db:
            return [ArtifactRow.read(row) for row in db.execute("SELECT folder, kind FROM artifacts")]

    def inputs(self) -> dict[int, set[str]]:
        """The names of the folders of the input artifacts of every execution, by the execution's id."""
        folders: dict[int, set[str]] = {}
        query = (
            "SELECT e.execution, a.folder FROM events e JOIN artifacts a ON a.id = e.artifact WHERE e.role = 'input'"
        )
        with reading(self.path) as db:
            for execution, folder in db.execute(query):
                folders.setdefault(execution, set()).add(str(folder).rpartition("/")[2])
        return folders

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the store against other writers while the block runs. Readers are not blocked."""
        with self._transaction():
            yield

    def artifacts(self, execution: int, role: str) -> list[ArtifactRow]:
        """The artifacts of an execution with `role` "input" or "output", each with the run that made it."""
        with reading(self.path) as db:
            rows = db.execute(
                """
                SELECT a.kind, a.folder, a.digest, a.properties, maker.run AS made_by
                FROM events e JOIN artifacts a ON a.id = e.artifact
                JOIN events made ON made.artifact = a.id AND made.role = 'output'
                JOIN executions maker ON maker.id = made.execution AND maker.state = 'done'
                WHERE e.execution = ? AND e.role = ? ORDER BY e.position
                """,
                (execution, role),
            ).fetchall()
        return [ArtifactRow.read(row) for row in rows]


def _is_file(store: Path) -> bool:
    """Whether there is a file. Raises `InputError` if there is something else, also in place of a folder above it."""
    folders = [(folder, FOLDER) for folder in reversed(store.parents)]
    beside = [(store.with_name(f"{store.name}{suffix}"), FILE) for suffix in BESIDE]
    for path, expected in (*folders, *beside, (store, FILE)):
        kind = visible_kind(path)
        if kind not in ("", expected):
            raise InputError(f"{path}: expected {expected}, got {kind}.")
    return bool(kind)


def _next_number(db: sqlite3.Connection, recipe: str) -> int:
    """A number that no run of the recipe has, even if some of their numbers are damaged."""
    rows = db.execute("SELECT id, number FROM runs WHERE recipe = ?", (recipe,)).fetchall()
    taken = {row["id"] for row in db.execute("SELECT id FROM runs")}
    numbers = {row["number"] for row in rows if isinstance(row["number"], int)}
    number = max((number for number in numbers if 0 < number <= MOST_RUNS), default=0) + 1
    while number in numbers or f"{recipe}-{number}" in taken:
        number += 1
    return number


def _begin_execution(db: sqlite3.Connection, run: str, step: str, key: str, inputs: Sequence[StoredArtifact]) -> int:
    cursor = db.execute(
        "INSERT INTO executions (run, step, key, state, started) VALUES (?, ?, ?, 'running', ?)",
        (run, step, key, time.time()),
    )
    execution = int(cursor.lastrowid or 0)
    db.executemany(
        "INSERT INTO events (execution, artifact, role, position) VALUES (?, ?, 'input', ?)",
        [(execution, stored.id, position) for position, stored in enumerate(inputs)],
    )
    return execution


def _finish_execution(db: sqlite3.Connection, execution: int, state: str, artifact: int) -> None:
    db.execute("UPDATE executions SET state = ?, finished = ? WHERE id = ?", (state, time.time(), execution))
    db.execute("INSERT INTO events (execution, artifact, role) VALUES (?, ?, 'output')", (execution, artifact))
