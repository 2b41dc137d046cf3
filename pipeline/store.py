"""The metadata store: runs, executions, artifacts, and which execution used and made which. SQLite, in WAL mode.

Every method opens its own connection, so a store can be used from any thread and sent to any process.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from vaeflow.components.artifacts import Artifact
from vaeflow.models.errors import InputError
from vaeflow.pipeline.migrations import MIGRATIONS, migrate, version
from vaeflow.pipeline.records import ArtifactRow, Execution, Run, StoredArtifact

BUSY_SECONDS = 60


class Store:
    """The store in one SQLite file. Artifact folders are kept relative to it: a root can be moved."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        """Bring the schema up to date, from nothing or from any older version. Two processes must not do this at once.

        Raises `InputError` if a newer vaeflow has written the store, as does every other method.
        """
        with self._connection() as db:
            db.execute("PRAGMA journal_mode = WAL")
            migrate(db)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            self._check_version(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            yield connection

    def _check_version(self, db: sqlite3.Connection) -> None:
        try:
            written, known = version(db), len(MIGRATIONS)
        except sqlite3.DatabaseError as error:
            raise InputError(f"{self.path}: cannot be read: {error}.") from None
        if written > known:
            raise InputError(
                f"{self.path}: written by a newer vaeflow, with schema {written}; this one knows schemas up to {known}."
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection

    def begin_run(self, recipe: str, config: str, announce: Callable[[str], object]) -> str:
        """Record a new run and give its id, `<recipe>-<n>`. `announce(id)` is called before others can see it."""
        with self._transaction() as db:
            (number,) = db.execute(
                "SELECT COALESCE(MAX(number), 0) + 1 FROM runs WHERE recipe = ?", (recipe,)
            ).fetchone()
            run = f"{recipe}-{number}"
            announce(run)
            db.execute(
                "INSERT INTO runs (id, recipe, number, config, state, started) VALUES (?, ?, ?, ?, 'running', ?)",
                (run, recipe, number, config, time.time()),
            )
        return run

    def finish_run(self, run: str, state: str, error: str = "") -> None:
        """Record how a run ended; executions that are still running ended the same way."""
        now = time.time()
        with self._transaction() as db:
            db.execute("UPDATE runs SET state = ?, finished = ?, error = ? WHERE id = ?", (state, now, error, run))
            db.execute(
                "UPDATE executions SET state = ?, finished = ? WHERE run = ? AND state = 'running'", (state, now, run)
            )

    def begin_execution(self, run: str, step: str, key: str, inputs: Sequence[StoredArtifact]) -> int:
        """Record that a step of a run starts on these inputs; gives the execution's id."""
        with self._transaction() as db:
            return _begin_execution(db, run, step, key, inputs)

    def reuse(
        self, run: str, step: str, key: str, kind: type[Artifact], inputs: Sequence[StoredArtifact]
    ) -> StoredArtifact | None:
        """Record that a step of a run found its artifact made before, unless it is gone by now.

        Finding and recording are one transaction: what is found is not removed as garbage before it is recorded.
        """
        with self._transaction() as db:
            stored = self._find(db, key, kind)
            if stored is not None:
                _finish_execution(db, _begin_execution(db, run, step, key, inputs), "cached", stored.id)
        return stored

    def finish_cached(self, execution: int, stored: StoredArtifact) -> None:
        """Record that the execution's artifact was there already."""
        with self._transaction() as db:
            _finish_execution(db, execution, "cached", stored.id)

    def finish_made(self, execution: int, key: str, artifact: Artifact, digest: str) -> StoredArtifact:
        """Record the artifact that the execution made."""
        folder = artifact.path.relative_to(self.path.parent).as_posix()
        properties = json.dumps(dict(artifact.properties))
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO artifacts (key, kind, folder, digest, properties) VALUES (?, ?, ?, ?, ?)",
                (key, type(artifact).__name__, folder, digest, properties),
            )
            number = int(cursor.lastrowid or 0)
            _finish_execution(db, execution, "done", number)
        return StoredArtifact(number, key, digest, artifact)

    def find(self, key: str, kind: type[Artifact]) -> StoredArtifact | None:
        """The artifact made under a key, if its folder is still there."""
        with self._connection() as db:
            return self._find(db, key, kind)

    def _find(self, db: sqlite3.Connection, key: str, kind: type[Artifact]) -> StoredArtifact | None:
        row = db.execute("SELECT * FROM artifacts WHERE key = ? ORDER BY id DESC LIMIT 1", (key,)).fetchone()
        if row is None or not (path := self.path.parent / row["folder"]).is_dir():
            return None
        return StoredArtifact(row["id"], key, row["digest"], kind(path, json.loads(row["properties"])))

    def runs(self) -> list[Run]:
        """All runs, the newest first."""
        with self._connection() as db:
            rows = db.execute(
                "SELECT id, recipe, config, state, started, finished, error FROM runs ORDER BY started DESC, rowid DESC"
            ).fetchall()
        return [Run(*row) for row in rows]

    def executions(self, run: str) -> list[Execution]:
        """The executions of a run, in the order in which they started."""
        with self._connection() as db:
            rows = db.execute(
                "SELECT id, step, key, state, started, finished FROM executions WHERE run = ? ORDER BY id", (run,)
            ).fetchall()
        return [Execution(*row) for row in rows]

    def recorded(self) -> dict[str, str]:
        """The kind of every artifact that was ever recorded, by its folder relative to the root."""
        with self._connection() as db:
            return dict(tuple(row) for row in db.execute("SELECT folder, kind FROM artifacts"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nobody else write to the store while the block runs. Reading goes on."""
        with self._transaction():
            yield

    def artifacts(self, execution: int, role: str) -> list[ArtifactRow]:
        """The inputs or outputs of an execution (`role`: input, output), each with the run that made it."""
        with self._connection() as db:
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
        return [ArtifactRow(**{**dict(row), "properties": json.loads(row["properties"])}) for row in rows]


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
