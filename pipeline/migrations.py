"""Migrations of the metadata store's schema. SQLite's `user_version` counts those that have been applied.

A released migration is never edited: every further change of the schema is a new migration at the end.
"""

import sqlite3
from collections.abc import Sequence

# `IF NOT EXISTS`, because stores from before migrations were counted already have these tables.
TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, recipe TEXT NOT NULL, number INTEGER NOT NULL, config TEXT NOT NULL,
    state TEXT NOT NULL, started REAL NOT NULL, finished REAL, error TEXT NOT NULL DEFAULT '',
    UNIQUE (recipe, number));
CREATE TABLE IF NOT EXISTS executions (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs, step TEXT NOT NULL, key TEXT NOT NULL,
    state TEXT NOT NULL, started REAL NOT NULL, finished REAL, UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS artifacts (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL,
    digest TEXT NOT NULL, properties TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS artifacts_by_key ON artifacts (key);
CREATE TABLE IF NOT EXISTS events (
    execution INTEGER NOT NULL REFERENCES executions, artifact INTEGER NOT NULL REFERENCES artifacts,
    role TEXT NOT NULL CHECK (role IN ('input', 'output')), position INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS events_by_execution ON events (execution, role);
"""

# Showing an artifact looks up which execution made it; without an index, each look-up would read all events.
MAKERS = "CREATE INDEX events_by_artifact ON events (artifact, role);"

# Size and digest of each file as JSON. Artifacts that older versions made have none and are not checked.
FILES = "ALTER TABLE artifacts ADD COLUMN files TEXT;"

# Of which study a run is a member. Runs of older versions are members of none.
STUDIES = """
ALTER TABLE runs ADD COLUMN study TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN variant TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
"""

MIGRATIONS = (TABLES, MAKERS, FILES, STUDIES)


def version(db: sqlite3.Connection) -> int:
    """The number of migrations that have been applied to the store."""
    (number,) = db.execute("PRAGMA user_version").fetchone()
    return int(number)


def migrate(db: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Apply the missing migrations, each in its own transaction. Two processes must not do this at the same time."""
    for number in range(version(db), len(migrations)):
        db.executescript(f"BEGIN IMMEDIATE; {migrations[number]} PRAGMA user_version = {number + 1}; COMMIT;")
