"""Connections to the SQLite file of the metadata store, for writing and for reading."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from vaeflow.models.errors import InputError
from vaeflow.pipeline.migrations import MIGRATIONS, version

BUSY_SECONDS = 60
TABLES = frozenset({"runs", "executions", "artifacts", "events"})


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can write. Creates the file if it does not exist.

    Raises `InputError` if the file is not a store or was written by a newer vaeflow.
    """
    with closing(_connect(str(path))) as db:
        _check(db, path)
        db.execute("PRAGMA synchronous = NORMAL")
        yield db


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for reading an existing file, which may be on a full disk or where the user cannot write.

    Raises `InputError` like `writing`, and also if a query fails.
    """
    try:
        with closing(_open_for_reading(path)) as db:
            yield db
    except sqlite3.Error as error:
        raise InputError(f"{path}: cannot be read: {error}.") from None


def _open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the file, as immutable if SQLite cannot create the index that it shares between processes next to it."""
    db = _connect(str(path))
    try:
        _check(db, path)
    except sqlite3.OperationalError as error:
        db.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise
        db = _connect(f"{path.absolute().as_uri()}?immutable=1")
        _check(db, path)
    return db


def _connect(file: str) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, uri=file.startswith("file:"))
    db.row_factory = sqlite3.Row
    return db


def table_names(db: sqlite3.Connection) -> set[str]:
    """The names of the tables."""
    return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _check(db: sqlite3.Connection, path: Path) -> None:
    try:
        tables, written, known = table_names(db), version(db), len(MIGRATIONS)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise InputError(f"{path}: cannot be read: {error}.") from None
    if tables and not tables >= TABLES:
        found = ", ".join(sorted(tables))
        raise InputError(f"{path}: expected a metadata store of vaeflow, got a database with other tables: {found}.")
    if written > known:
        expected = f"expected schema version {known} or older, got {written}"
        raise InputError(f"{path}: written by a newer vaeflow: {expected}.")
