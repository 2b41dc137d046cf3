"""Single damaged rows in the metadata store: they are named, and hide and lose nothing else."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.collection import collect, find_garbage
from vaeflow.pipeline.commands.serving import print_serving
from vaeflow.pipeline.commands.verify import verify as verify_command
from vaeflow.pipeline.exported import exported_by
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
    assert list(collect(Workspace(root), toy.PLAN, keep=1).removed) == ["damaged"]
    assert folders(root) == before
    assert "damaged rows leave open which artifacts are needed" in caplog.text


def test_artifacts_whose_records_are_lost_are_kept_for_the_runs_that_made_them(toy, root):
    newest = folders(root)
    with closing(sqlite3.connect(root / "metadata.sqlite")) as db, db:
        db.execute("DELETE FROM artifacts")
    assert collect(Workspace(root), toy.PLAN, keep=None) == ({}, [])
    assert folders(root) == newest
    assert {each.verdict for each in verify(Workspace(root), runs_in(Workspace(root)))} == {"unreadable"}


@pytest.mark.parametrize(("column", "value"), [("started", "'x'"), ("finished", "1e300"), ("state", "'x'")])
def test_a_damaged_execution_is_named_and_its_artifact_kept(toy, root, column, value):
    damage(root, "executions", column, value, "id = 1")
    _, damaged = all_runs(Workspace(root))
    assert damaged.problem.startswith(f"toy-1: numbers: damaged row in table executions: {column} is ")
    assert find_garbage(Workspace(root), toy.PLAN, None) == []


@pytest.fixture
def exported(toy, tmp_path):
    toy.toy_run(tmp_path / "runs", plan=toy.PUBLISHING[:1])
    return tmp_path / "runs"


@pytest.mark.parametrize("properties", ["{}", '{"name": 3}', '{"name": "../../x"}', '{"name": ""}'])
def test_an_export_whose_name_is_damaged_is_named_and_neither_served_nor_published(exported, capsys, properties):
    damage(exported, "artifacts", "properties", f"'{properties}'", "kind = 'ServingModel'")
    workspace = Workspace(exported)
    run = find_run(workspace, "latest")
    what = "damaged row in table artifacts: properties is .*name: "
    assert re.match(f"toy-1: export: {what}", summary(workspace, run).problem)
    print_serving(summary(workspace, run), exported)
    assert capsys.readouterr().out == ""
    with pytest.raises(InputError, match=f"^toy-1: the export is damaged: .*{what}.*next run makes it again"):
        exported_by(workspace, run)


def test_an_export_recorded_as_another_kind_is_damaged(exported):
    damage(exported, "artifacts", "kind", "'Model'", "kind = 'ServingModel'")
    workspace = Workspace(exported)
    with pytest.raises(InputError, match=r"the export is damaged: .* is one of Model, expected ServingModel"):
        exported_by(workspace, find_run(workspace, "latest"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE executions SET state = 'dona'", "damaged row in table executions: state is 'dona'"),
        ("UPDATE executions SET step = 'a/b'", "damaged row in table executions: step is 'a/b'"),
        ("DELETE FROM executions", "table executions has no row of it"),
    ],
)
def test_an_export_of_which_the_record_is_lost_is_not_called_missing(exported, change, problem):
    with closing(sqlite3.connect(exported / "metadata.sqlite")) as db, db:
        db.execute(change)
    workspace = Workspace(exported)
    with pytest.raises(InputError, match=f"^toy-1: the record of the export cannot be read: {problem}.*makes it again"):
        exported_by(workspace, find_run(workspace, "latest"))


def test_an_export_that_was_removed_comes_with_what_makes_it_again(exported):
    (folder,) = exported.glob("artifacts/export-*")
    shutil.rmtree(folder)
    workspace = Workspace(exported)
    with pytest.raises(
        InputError, match=r"at .*/decoder, but it was removed\. The recipe's next run makes it again\.$"
    ):
        exported_by(workspace, find_run(workspace, "latest"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("PRAGMA user_version = -5", "expected a schema version of 0 to 4, got -5"),
        ("PRAGMA user_version = 0", "its tables do not match its schema version"),
    ],
)
def test_a_damaged_schema_version_is_reported_with_what_to_do(toy, exported, change, reason):
    with closing(sqlite3.connect(exported / "metadata.sqlite")) as db, db:
        db.execute(change)
    with pytest.raises(InputError, match=rf"sqlite: cannot be read: {reason}\. Restore the file, or delete it"):
        collect(Workspace(exported), toy.PLAN, None)


def test_tables_with_other_columns_are_reported_without_the_text_of_sqlite(exported):
    with closing(sqlite3.connect(exported / "metadata.sqlite")) as db, db:
        db.execute("ALTER TABLE artifacts RENAME COLUMN id TO other")
    with pytest.raises(
        InputError, match=r"sqlite: cannot be read: its tables do not match its schema version\. Restore"
    ):
        all_runs(Workspace(exported))


def test_verify_says_what_to_do_about_what_cannot_be_read(root):
    damage(root, "artifacts", "properties", "'['", "id = 1")
    with pytest.raises(
        RunError, match=r"^1 of 6 artifacts cannot be read\. Correct the permissions, or run the recipe"
    ):
        verify_command(root=root)


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
