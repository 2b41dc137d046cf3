"""Single damaged rows in the metadata store: they are named, and hide and lose nothing else."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from vaeflow.pipeline.collection import collect, find_garbage
from vaeflow.pipeline.summary import all_runs, find_run, runs_in, summary
from vaeflow.pipeline.verification import verify
from vaeflow.pipeline.workspace import Workspace

NOT_UTF8 = "CAST(x'ff41' AS TEXT)"


@pytest.fixture(scope="module")
def two_runs(toy, tmp_path_factory):
    root = tmp_path_factory.mktemp("two") / "runs"
    for count in (3, 4):
        toy.toy_run(root, numbers={"count": count})
    return root


@pytest.fixture
def root(two_runs, tmp_path):
    """A root with the whole runs toy-1 and toy-2, which share no artifact."""
    return shutil.copytree(two_runs, tmp_path / "runs")


def damage(root, table, column, value, where="id = 'toy-1'"):
    with closing(sqlite3.connect(root / "metadata.sqlite")) as db, db:
        assert db.execute(f"UPDATE {table} SET {column} = {value} WHERE {where}").rowcount == 1


def folders(root):
    return sorted(path.name for path in root.glob("artifacts/*"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("config", "'{'"),
        ("config", "'[]'"),
        ("config", """'{"a": "\\ud800"}'"""),
        ("config", NOT_UTF8),
        ("config", "x'00ff'"),
        ("config", f"'{'[' * 100_000}'"),
        ("started", "'x'"),
        ("started", "1e300"),
        ("started", "-9e9"),
        ("finished", "1e999"),
        ("finished", NOT_UTF8),
        ("error", NOT_UTF8),
        ("state", "'dona'"),
        ("recipe", "x'ff'"),
    ],
)
def test_a_damaged_run_is_named_and_what_can_be_read_of_it_and_of_others_is_shown(toy, root, column, value):
    before = {run.run: run for run in all_runs(Workspace(root))}
    damage(root, "runs", column, value)

    found = {run.run: run for run in all_runs(Workspace(root))}
    assert found["toy-2"] == before["toy-2"]
    assert found["toy-1"].steps == before["toy-1"].steps
    assert found["toy-1"].problem.startswith(f"toy-1: damaged row in table runs: {column} is ")
    assert len(found["toy-1"].problem.splitlines()) == 1
    assert len(found["toy-1"].problem) < 400
    assert {each.verdict for each in verify(Workspace(root), runs_in(Workspace(root)))} == {"whole"}
    assert find_garbage(Workspace(root), toy.PLAN, keep=1) == []
    assert toy.toy_run(root) == "toy-3"


@pytest.mark.parametrize("value", [NOT_UTF8, "'../toy'", "''", "NULL"])
def test_a_run_whose_id_is_damaged_is_listed_and_its_artifacts_are_kept(toy, root, value):
    damage(root, "runs", "id", value)
    newest, lost = all_runs(Workspace(root))
    assert (newest.run, newest.problem) == ("toy-2", "")
    assert lost.problem.startswith("(unreadable): damaged row in table runs: id is ") or value == "NULL"
    assert find_garbage(Workspace(root), toy.PLAN, keep=1) == []


@pytest.mark.parametrize("value", ["'x'", "9223372036854775807", "-1", NOT_UTF8])
def test_a_damaged_number_does_not_keep_a_recipe_from_running(toy, root, value):
    damage(root, "runs", "number", value)
    assert toy.toy_run(root) == "toy-3"


def test_the_latest_run_is_one_whose_start_can_be_read(root):
    damage(root, "runs", "started", "'x'", "id = 'toy-2'")
    assert find_run(Workspace(root), "latest").id == "toy-1"


@pytest.mark.parametrize(
    ("column", "value"), [("properties", "'[]'"), ("properties", "'{'"), ("files", "'{'"), ("digest", NOT_UTF8)]
)
def test_an_artifact_whose_record_is_damaged_is_left_in_place_and_made_again_by_a_run(toy, root, column, value):
    before, artifacts = all_runs(Workspace(root)), folders(root)
    damage(root, "artifacts", column, value, "id = 1")
    newest, damaged = all_runs(Workspace(root))
    assert newest == before[0]
    if column != "files":  # which no list shows
        assert f"numbers: damaged row in table artifacts: {column} is " in damaged.problem
    verdicts = {each.folder.name: each for each in verify(Workspace(root), runs_in(Workspace(root)))}
    assert [each.verdict for each in verdicts.values()].count("unreadable") == 1
    assert [each.verdict for each in verdicts.values()].count("whole") == 5
    assert find_garbage(Workspace(root), toy.PLAN, None) == []
    assert folders(root) == artifacts

    again = toy.toy_run(root, numbers={"count": 3})
    steps = {step.step: step.state for step in summary(Workspace(root), find_run(Workspace(root), again)).steps}
    assert steps == {"numbers": "done", "squares": "cached", "total": "cached"}
    assert len(list(root.glob("damaged/numbers-*"))) == 1


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("artifacts", "folder", "'.'"),
        ("artifacts", "folder", "'artifacts'"),
        ("artifacts", "folder", "'/'"),
        ("artifacts", "folder", "''"),
        ("artifacts", "folder", NOT_UTF8),
        ("artifacts", "kind", NOT_UTF8),
        ("executions", "key", NOT_UTF8),
        ("executions", "step", "'a/b'"),
    ],
)
def test_artifacts_of_which_it_is_unknown_who_needs_them_are_kept(toy, root, caplog, table, column, value):
    before = folders(root)
    damage(root, table, column, value, "id = 1")
    assert any("unreadable" in each.verdict for each in verify(Workspace(root), runs_in(Workspace(root))))
    (root / "damaged" / "old").mkdir()
    assert list(collect(Workspace(root), toy.PLAN, keep=1)) == ["damaged"]
    assert folders(root) == before
    assert "damaged rows leave open which artifacts are needed" in caplog.text


def test_artifacts_whose_records_are_lost_are_kept_for_the_runs_that_made_them(toy, root):
    newest = folders(root)
    with closing(sqlite3.connect(root / "metadata.sqlite")) as db, db:
        db.execute("DELETE FROM artifacts")
    assert collect(Workspace(root), toy.PLAN, keep=None) == {}
    assert folders(root) == newest
    assert {each.verdict for each in verify(Workspace(root), runs_in(Workspace(root)))} == {"unreadable"}


@pytest.mark.parametrize(("column", "value"), [("started", "'x'"), ("finished", "1e300"), ("state", "'x'")])
def test_a_damaged_execution_is_named_and_its_artifact_kept(toy, root, column, value):
    damage(root, "executions", column, value, "id = 1")
    _, damaged = all_runs(Workspace(root))
    assert damaged.problem.startswith(f"toy-1: numbers: damaged row in table executions: {column} is ")
    assert find_garbage(Workspace(root), toy.PLAN, None) == []


def test_a_schema_that_is_no_text_is_reported_in_one_line(root, vaeflow):
    store = root / "metadata.sqlite"
    store.write_bytes(store.read_bytes().replace(b"CREATE TABLE events", b"CREATE TABLE \xff\xfe\xff\xfe\xff\xfe"))
    done = vaeflow("runs", "--root", root)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith(f"error: {store}: ")


def test_commands_warn_of_a_damaged_run_in_one_line(root, vaeflow):
    damage(root, "runs", "config", "'{'")
    for command in (["runs"], ["show", "toy-1"], ["verify"], ["gc", "--dry-run"]):
        done = vaeflow(*command)
        assert done.returncode == 0
        assert [line.partition(" (")[0] for line in done.stderr.splitlines()] == [
            "warning: toy-1: damaged row in table runs: config is '{'"
        ]
    assert [run["run"] for run in json.loads(vaeflow("runs", "--json").stdout)] == ["toy-2", "toy-1"]
