"""Roots that can only be read, and roots with damaged files."""

import os
import resource
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.pipeline.permissions import anyone_may_write, read_only, without_permission
from tests.pipeline.unversioned import UNVERSIONED
from vaeflow.models.errors import InputError
from vaeflow.pipeline.collection import find_garbage
from vaeflow.pipeline.summary import all_runs, find_run, runs_in, summary
from vaeflow.pipeline.verification import verify
from vaeflow.pipeline.workspace import Workspace


@pytest.fixture
def root():
    """A folder that every user can reach, unlike those of `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "runs"


def leave_log(root):
    """Leave the store's write-ahead log as a killed process does."""
    kept = root.parent / "kept"
    with closing(sqlite3.connect(root / "metadata.sqlite")) as db:
        db.execute("UPDATE runs SET error = 'from the log'")
        db.commit()
        shutil.copytree(root, kept)
    shutil.rmtree(root)
    kept.rename(root)
    assert (root / "metadata.sqlite-wal").stat().st_size > 0


def test_a_root_that_cannot_be_written_is_read(toy, root):
    toy.toy_run(root)
    before = all_runs(Workspace(root))
    with read_only(root):
        workspace = Workspace(root)
        assert all_runs(workspace) == before
        assert summary(workspace, find_run(workspace, "latest")) == before[0]
        assert {each.verdict for each in verify(workspace, runs_in(workspace))} == {"whole"}
        assert find_garbage(workspace, toy.PLAN, 1) == []


def test_what_is_only_in_the_log_of_a_root_that_cannot_be_written_is_read(toy, root):
    toy.toy_run(root)
    leave_log(root)
    with read_only(root):
        assert [run.error for run in runs_in(Workspace(root))] == ["from the log"]


def test_a_log_in_a_root_that_cannot_be_written_is_read_without_its_index(toy, root):
    toy.toy_run(root)
    leave_log(root)
    (root / "metadata.sqlite-shm").unlink()
    before = sorted(root.iterdir())
    with read_only(root):
        assert [run.error for run in runs_in(Workspace(root))] == ["from the log"]
    assert sorted(root.iterdir()) == before


def test_a_store_without_permission_to_read_is_named(toy, root):
    toy.toy_run(root)
    refused = pytest.raises(InputError, match=r"metadata\.sqlite: cannot be read: Permission denied\.$")
    with without_permission(root / "metadata.sqlite", files=0o000), refused:
        all_runs(Workspace(root))


def test_damage_in_a_root_that_cannot_be_written_is_reported_and_left_alone(toy, root):
    toy.toy_run(root)
    (file,) = root.glob("artifacts/squares-*/squares.txt")
    file.write_text("1 1 4")
    with read_only(root):
        (damaged,) = (each for each in verify(Workspace(root), runs_in(Workspace(root))) if each.verdict == "damaged")
    assert "another content; cannot be moved: " in damaged.detail
    assert file.is_file()


def test_a_run_in_a_root_that_cannot_be_written_is_refused(toy, root):
    toy.toy_run(root)
    with read_only(root), pytest.raises(InputError, match="cannot be written: Permission denied"):
        toy.toy_run(root)


@pytest.mark.parametrize("pattern", ["artifacts/squares-*", "artifacts/squares-*/squares.txt"])
def test_an_artifact_without_permission_to_read_is_neither_damaged_nor_removed(toy, root, pattern):
    toy.toy_run(root)
    (path,) = root.glob(pattern)
    with anyone_may_write(root), without_permission(path, folders=0o000, files=0o000):
        found = {each.step: each for each in verify(Workspace(root), runs_in(Workspace(root)))}
        with pytest.raises(InputError, match=r"/squares\.txt: cannot be read: Permission denied\.$"):
            toy.toy_run(root)
    assert {step: each.verdict for step, each in found.items()} == {
        "numbers": "whole",
        "squares": "unreadable",
        "total": "whole",
    }
    assert found["squares"].detail.endswith("squares.txt: cannot be read: Permission denied")


def test_artifacts_below_a_folder_without_permission_are_not_called_removed(toy, root):
    toy.toy_run(root)
    with anyone_may_write(root), without_permission(root / "artifacts", folders=0o000):
        assert {each.verdict for each in verify(Workspace(root), runs_in(Workspace(root)))} == {"unreadable"}
        (run,) = all_runs(Workspace(root))
        with pytest.raises(InputError, match=r"artifacts/numbers-.*: cannot be read: Permission denied\.$"):
            toy.toy_run(root)
    assert not any(step.artifact.removed for step in run.steps)


def test_a_folder_for_unfinished_work_that_cannot_be_emptied_is_named(toy, root):
    toy.toy_run(root)
    (numbers,) = root.glob("artifacts/numbers-*")
    left = root / "staging" / numbers.name
    shutil.move(numbers, left)
    refused = pytest.raises(InputError, match=rf"cannot be written: Permission denied: .*{left.name}")
    with anyone_may_write(root), without_permission(left), refused:
        toy.toy_run(root)


@contextmanager
def no_space_left():
    """Let no file grow, which is for SQLite what a full disk is."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_root_on_a_full_disk_is_read(toy, tmp_path):
    toy.toy_run(tmp_path)
    before = all_runs(Workspace(tmp_path))
    with no_space_left():
        found = all_runs(Workspace(tmp_path))
    assert found == before


@pytest.mark.parametrize("tables", ["runs (run_uuid TEXT)", "users (id INTEGER)"])
def test_the_database_of_another_program_is_refused_and_stays_unchanged(toy, tmp_path, tables):
    with closing(sqlite3.connect(tmp_path / "metadata.sqlite")) as db:
        db.execute(f"CREATE TABLE {tables}")
    before = (tmp_path / "metadata.sqlite").read_bytes()
    for access in (toy.toy_run, lambda root: all_runs(Workspace(root))):
        with pytest.raises(InputError, match=r"metadata\.sqlite: expected a metadata store of vaeflow, got a database"):
            access(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "metadata.sqlite"]
    assert (tmp_path / "metadata.sqlite").read_bytes() == before


def test_a_store_that_was_cut_off_is_reported(toy, tmp_path):
    toy.toy_run(tmp_path)
    store = tmp_path / "metadata.sqlite"
    store.write_bytes(store.read_bytes()[:10_000])
    with pytest.raises(
        InputError, match=r"metadata\.sqlite: cannot be read: it is damaged\. Restore the file, or delete it"
    ):
        all_runs(Workspace(tmp_path))


def test_an_empty_store_has_no_runs_and_takes_new_ones(toy, tmp_path):
    (tmp_path / "metadata.sqlite").touch()
    assert all_runs(Workspace(tmp_path)) == []
    assert toy.toy_run(tmp_path) == "toy-1"


def test_a_store_that_was_emptied_is_reported(toy, tmp_path):
    toy.toy_run(tmp_path)
    (tmp_path / "metadata.sqlite").write_bytes(b"")
    before = sorted(tmp_path.rglob("*"))
    for access in (toy.toy_run, lambda root: all_runs(Workspace(root))):
        with pytest.raises(InputError, match=r"metadata\.sqlite: is empty, but .*/artifacts is not"):
            access(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_root_whose_name_is_too_long_is_reported(toy, tmp_path):
    root = tmp_path / ("x" * 300)
    with pytest.raises(InputError, match=f"^{root}: cannot be read: File name too long"):
        all_runs(Workspace(root))
    with pytest.raises(InputError, match=f"^{root}: cannot be read: File name too long"):
        toy.toy_run(root)


def make_link(path):
    path.symlink_to("nowhere")


def make_link_to_itself(path):
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (Path.mkdir, "a folder"),
        (os.mkfifo, "a FIFO"),
        (make_link, "a link to nothing"),
        (make_link_to_itself, "a link to itself"),
    ],
)
def test_what_is_in_the_place_of_the_store_is_named(toy, tmp_path, make, kind):
    make(tmp_path / "metadata.sqlite")
    for access in (toy.toy_run, lambda root: all_runs(Workspace(root))):
        with pytest.raises(InputError, match=rf"metadata\.sqlite: expected a file, got {kind}\.$"):
            access(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "metadata.sqlite"]


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_what_is_in_the_place_of_a_file_beside_the_store_is_named(tmp_path, suffix):
    root = shutil.copytree(UNVERSIONED, tmp_path / "runs")
    os.mkfifo(root / f"metadata.sqlite{suffix}")
    with pytest.raises(InputError, match=rf"metadata\.sqlite{suffix}: expected a file, got a FIFO\.$"):
        all_runs(Workspace(root))


@pytest.mark.parametrize(("make", "kind"), [(Path.touch, "a file"), (os.mkfifo, "a FIFO"), (make_link, "a link to")])
def test_what_is_in_the_place_of_the_root_is_named(toy, tmp_path, make, kind):
    make(tmp_path / "runs")
    for access in (toy.toy_run, lambda root: all_runs(Workspace(root))):
        with pytest.raises(InputError, match=rf"runs: expected a folder, got {kind}"):
            access(tmp_path / "runs")


def test_a_root_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=rf"^{tmp_path}/file: expected a folder, got a file"):
        all_runs(Workspace(tmp_path / "file" / "runs"))
