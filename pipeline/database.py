"""Connections to the SQLite file of the metadata store, for writing and for reading."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from vaeflow.models.errors import InputError
from vaeflow.pipeline.migrations import MIGRATIONS, version
from vaeflow.pipeline.values import shortened

BUSY_SECONDS = 60
LONGEST_REASON = 200
PRIMARY_CODE = 0xFF
DAMAGE = {
    sqlite3.SQLITE_NOTADB: "it is not a database",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_ERROR: "its tables do not match its schema version",
}
"""What SQLite's primary result codes say of a file: our statements are right if the tables are."""
RESTORE = "Restore the file, or delete it to start anew."
TABLES = frozenset({"runs", "executions", "artifacts", "events"})
BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What sqlite3 raises for a damaged file, whose content can make its own messages undecodable."""


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can write. Creates the file if it does not exist.

    Raises `InputError` if the file is damaged, is not a store or was written by a newer vaeflow.
    """
    try:
        with closing(_connect(str(path))) as db:
            _check(db, path)
            db.execute("PRAGMA synchronous = NORMAL")
            yield db
    except BROKEN as error:
        if not _damage(error):
            raise
        raise InputError(_unreadable(path, error)) from None


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for reading an existing file, which may be on a full disk or where the user cannot write.

    Raises `InputError` like `writing`, and also if a query fails.
    """
    try:
        with ExitStack() as stack:
            yield _open_for_reading(path, stack)
    except BROKEN as error:
        raise InputError(_unreadable(path, error)) from None


def _open_for_reading(path: Path, stack: ExitStack) -> sqlite3.Connection:
    """Open the file, in another way if SQLite cannot create the index that it shares between processes next to it."""
    try:
        db = stack.enter_context(closing(_connect(str(path))))
        _check(db, path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise
        db = stack.enter_context(closing(_open_unshared(path, stack)))
        _check(db, path)
    return db


def _open_unshared(path: Path, stack: ExitStack) -> sqlite3.Connection:
    """Open the file as immutable or, if there is a write-ahead log, which SQLite would then ignore, a copy of both."""
    log = path.with_name(f"{path.name}-wal")
    try:
        with open(path, "rb"):  # for the reason of the system, where SQLite has none
            pass
        if not log.exists() or not log.stat().st_size:
            return _connect(f"{path.absolute().as_uri()}?immutable=1")
        folder = Path(stack.enter_context(TemporaryDirectory()))
        for file in (path, log):
            shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise InputError(f"{error.filename or path}: cannot be read: {error.strerror}.") from None
    return _connect(str(folder / path.name))


def _connect(file: str) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, uri=file.startswith("file:"))
    db.row_factory = sqlite3.Row
    db.text_factory = _text
    return db


def _text(stored: bytes) -> str | bytes:
    """Text as it was written, or its bytes if it is damaged, so that only what needs this value fails."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def table_names(db: sqlite3.Connection) -> set[str]:
    """The names of the tables."""
    return {str(name) for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _check(db: sqlite3.Connection, path: Path) -> None:
    try:
        tables, written, known = table_names(db), version(db), len(MIGRATIONS)
    except sqlite3.OperationalError:
        raise
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise InputError(_unreadable(path, error)) from None
    if tables and not tables >= TABLES:
        found = shortened(", ".join(sorted(tables)))
        raise InputError(f"{path}: expected a metadata store of vaeflow, got a database with other tables: {found}.")
    if written < 0:
        raise InputError(f"{path}: cannot be read: expected a schema version of 0 to {known}, got {written}. {RESTORE}")
    if written > known:
        expected = f"expected schema version {known} or older, got {written}"
        raise InputError(f"{path}: written by a newer vaeflow: {expected}.")


def _unreadable(path: Path, error: Exception) -> str:
    if damage := _damage(error):
        return f"{path}: cannot be read: {damage}. {RESTORE}"
    return f"{path}: cannot be read: {shortened(str(error), LONGEST_REASON)}."


def _damage(error: Exception) -> str:
    """What is wrong with the file; empty if the error has another cause, such as a full disk."""
    if isinstance(error, UnicodeDecodeError):
        return "it is damaged"
    return DAMAGE.get(getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE, "")
