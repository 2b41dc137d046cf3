"""Roots written by other versions. `data/unversioned_root` is from before the store counted its migrations."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.pipeline.unversioned import UNVERSIONED
from vaeflow.pipeline.migrations import MIGRATIONS, migrate, version
from vaeflow.pipeline.summary import all_runs
from vaeflow.pipeline.workspace import Workspace

EVALUATION = "artifacts/evaluate-6d2f3d7011fe"


@pytest.fixture
def root(tmp_path):
    """A copy of the old root, where the command line looks for it."""
    return shutil.copytree(UNVERSIONED, tmp_path / "runs")


def database(root):
    return closing(sqlite3.connect(root / "metadata.sqlite"))


def version_of(root):
    with database(root) as db:
        return version(db)


def test_an_old_root_is_read_without_migrating_it(vaeflow, root):
    (listed,) = json.loads(vaeflow("runs", "--json").stdout)
    shown = json.loads(vaeflow("show", "small-1", "--json").stdout)
    assert listed == shown
    assert (shown["run"], shown["state"], shown["config"]["ingest"]["source"]) == ("small-1", "done", "digits")
    metrics = json.loads((UNVERSIONED / EVALUATION / "metrics.json").read_text())["metrics"]
    assert shown["metrics"] == metrics
    assert version_of(root) == 0


@pytest.mark.full
def test_the_decoder_of_an_old_run_can_be_sampled(vaeflow, root):
    done = vaeflow("sample", "small-1", "-n", 4)
    assert (done.returncode, done.stderr) == (0, "")
    assert version_of(root) == 0


def test_a_new_run_migrates_an_old_root_and_leaves_its_runs_unchanged(toy, root):
    before = all_runs(Workspace(root))
    toy.toy_run(root)
    new, *old = all_runs(Workspace(root))
    assert (new.run, new.state) == ("toy-1", "done")
    assert old == before
    assert version_of(root) == len(MIGRATIONS)


@pytest.mark.parametrize("command", [("run", "digits"), ("runs",), ("show", "latest"), ("sample", "latest"), ("gc",)])
def test_a_root_of_a_newer_version_is_refused(vaeflow, root, command):
    with database(root) as db:
        db.execute("PRAGMA user_version = 99")
    done = vaeflow(*command)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"error: {root}/metadata.sqlite: written by a newer vaeflow: expected schema version "
    )
    assert done.stderr.endswith("got 99.\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_is_not_a_store_is_reported(vaeflow):
    (vaeflow.folder / "runs").mkdir()
    (vaeflow.folder / "runs" / "metadata.sqlite").write_text("something else, long enough to be read as a header")
    done = vaeflow("runs")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "not a database" in done.stderr


@pytest.fixture
def db(tmp_path):
    with closing(sqlite3.connect(tmp_path / "store", isolation_level=None)) as connection:
        yield connection


def test_only_missing_migrations_are_applied_and_in_order(db):
    first = "CREATE TABLE a (x);"
    second = "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2);"
    migrate(db, [first])
    migrate(db, [first, second])
    migrate(db, [first, second])
    assert db.execute("SELECT x, y FROM a").fetchall() == [(1, 2)]
    assert version(db) == 2


def test_a_migration_that_fails_is_rolled_back(tmp_path, db):
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, ["CREATE TABLE a (x);", "CREATE TABLE b (x); CREATE TABLE a (x);"])
    db.close()
    with closing(sqlite3.connect(tmp_path / "store")) as again:
        assert version(again) == 1
        assert again.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
