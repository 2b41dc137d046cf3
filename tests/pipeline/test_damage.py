"""Artifacts that were damaged after they had been published, on the toy plan."""

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from vaeflow.pipeline.collection import collect
from vaeflow.pipeline.summary import find_run, runs_in, summary
from vaeflow.pipeline.verification import verify
from vaeflow.pipeline.workspace import Workspace


def artifacts(root, run="latest"):
    workspace = Workspace(root)
    return {step.step: step for step in summary(workspace, find_run(workspace, run)).steps}


def states(root, run="latest"):
    return {name: step.state for name, step in artifacts(root, run).items()}


def only(folder, pattern="*"):
    (path,) = folder.glob(pattern)
    return path


def cut(file):
    file.write_bytes(file.read_bytes()[:1])


def delete(file):
    file.unlink()


def empty(file):
    for each in file.parent.iterdir():
        each.unlink()


def make_folder(file):
    file.unlink()
    file.mkdir()


def change(file):
    content = file.read_bytes()
    file.write_bytes(bytes([content[0] ^ 1]) + content[1:])


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (cut, "squares.txt has 1 bytes, expected 5"),
        (delete, "squares.txt is missing"),
        (empty, "squares.txt is missing"),
        (make_folder, "squares.txt is a folder"),
    ],
)
def test_a_damaged_artifact_is_set_aside_with_a_warning_and_made_again(toy, tmp_path, caplog, damage, what):
    toy.toy_run(tmp_path)
    damage(only(tmp_path, "artifacts/squares-*/squares.txt"))
    toy.toy_run(tmp_path)

    assert states(tmp_path) == {"numbers": "cached", "squares": "done", "total": "cached"}
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    moved = only(tmp_path, "damaged/squares-*")
    assert f"squares: the cached artifact is damaged: {what}. Moved to {moved}; making it again." in warnings
    assert only(tmp_path, "artifacts/squares-*/squares.txt").read_text() == "0 1 4"
    assert set(states(tmp_path, toy.toy_run(tmp_path)).values()) == {"cached"}


def test_a_file_of_which_no_later_step_reads_the_content_counts_too(toy, tmp_path):
    toy.toy_run(tmp_path)
    delete(only(tmp_path, "artifacts/total-*/logs/time.txt"))
    assert states(tmp_path, toy.toy_run(tmp_path)) == {"numbers": "cached", "squares": "cached", "total": "done"}


def test_a_damaged_artifact_is_not_resumed_from(toy, tmp_path):
    toy.toy_run(tmp_path)
    cut(only(tmp_path, "artifacts/total-*/total.txt"))
    toy.toy_run(tmp_path)
    assert not artifacts(tmp_path)["total"].artifact.properties["resumed"]


def test_an_added_file_is_no_damage(toy, tmp_path):
    toy.toy_run(tmp_path)
    (only(tmp_path, "artifacts/squares-*") / "notes.txt").write_text("mine")
    assert set(states(tmp_path, toy.toy_run(tmp_path)).values()) == {"cached"}
    assert {each.verdict for each in verify(Workspace(tmp_path), runs_in(Workspace(tmp_path)))} == {"whole"}


def verdicts(root):
    workspace = Workspace(root)
    return {each.step: each.verdict for each in verify(workspace, [find_run(workspace, "latest")])}


def test_verify_finds_a_changed_content_of_the_same_size_and_sets_it_aside(toy, tmp_path):
    toy.toy_run(tmp_path)
    assert set(verdicts(tmp_path).values()) == {"whole"}
    change(only(tmp_path, "artifacts/squares-*/squares.txt"))
    assert set(states(tmp_path, toy.toy_run(tmp_path)).values()) == {"cached"}

    assert verdicts(tmp_path) == {"numbers": "whole", "squares": "damaged", "total": "whole"}
    assert only(tmp_path, "damaged/squares-*").is_dir()
    assert verdicts(tmp_path) == {"numbers": "whole", "squares": "removed", "total": "whole"}
    assert states(tmp_path, toy.toy_run(tmp_path)) == {"numbers": "cached", "squares": "done", "total": "cached"}
    assert set(verdicts(tmp_path).values()) == {"whole"}


def put_file(folder):
    folder.write_text("mine")


def put_lost_link(folder):
    folder.symlink_to("nowhere")


def put_fifo(folder):
    os.mkfifo(folder)


@pytest.mark.parametrize(
    ("put", "kind"), [(put_file, "a file"), (put_lost_link, "a link to nothing"), (put_fifo, "a FIFO")]
)
def test_what_is_in_the_place_of_an_artifact_is_set_aside_and_the_artifact_made_again(toy, tmp_path, caplog, put, kind):
    toy.toy_run(tmp_path)
    for step in ("squares", "total"):  # total resumes, squares does not
        folder = only(tmp_path, f"artifacts/{step}-*")
        shutil.rmtree(folder)
        put(folder)
    toy.toy_run(tmp_path)
    assert states(tmp_path) == {"numbers": "cached", "squares": "done", "total": "done"}
    assert f"squares: the cached artifact is damaged: its folder is {kind}. Moved to " in caplog.text
    moved = only(tmp_path, "damaged/squares-*")
    assert moved.lstat().st_mode
    assert set(verdicts(tmp_path).values()) == {"whole"}
    assert list(collect(Workspace(tmp_path), toy.PLAN, None).removed) == ["damaged"]
    assert not os.path.lexists(moved)


@pytest.mark.parametrize("put", [put_file, put_lost_link, put_fifo])
def test_what_is_in_the_place_of_unfinished_work_or_of_an_unrecorded_artifact_is_set_aside(toy, tmp_path, put):
    toy.toy_run(tmp_path)
    for step in ("squares", "total"):
        folder = only(tmp_path, f"artifacts/{step}-*")
        shutil.rmtree(folder)
        put(tmp_path / "staging" / folder.name)
        put(folder)
    with closing(sqlite3.connect(tmp_path / "metadata.sqlite")) as db, db:
        db.execute("DELETE FROM artifacts WHERE kind != 'Numbers'")
    toy.toy_run(tmp_path)
    assert states(tmp_path) == {"numbers": "cached", "squares": "done", "total": "done"}
    assert len(list(tmp_path.glob("damaged/*"))) == 4


def test_verify_says_what_is_in_the_place_of_an_artifact_and_sets_it_aside(toy, tmp_path):
    toy.toy_run(tmp_path)
    folder = only(tmp_path, "artifacts/squares-*")
    shutil.rmtree(folder)
    put_file(folder)
    workspace = Workspace(tmp_path)
    found = {each.step: each for each in verify(workspace, [find_run(workspace, "latest")])}
    assert found["squares"].verdict == "damaged"
    assert found["squares"].detail.startswith("its folder is a file; moved to ")
    assert only(tmp_path, "damaged/squares-*").read_text() == "mine"


def test_an_artifact_behind_a_link_is_whole_and_nothing_is_written_behind_a_link(toy, tmp_path):
    root = tmp_path / "runs"
    toy.toy_run(root)
    folder = only(root, "artifacts/squares-*")
    elsewhere = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)
    assert set(states(root, toy.toy_run(root)).values()) == {"cached"}
    with closing(sqlite3.connect(root / "metadata.sqlite")) as db, db:
        db.execute("DELETE FROM artifacts WHERE kind = 'Squares'")
    (elsewhere / "squares.txt").write_text("mine")
    assert states(root, toy.toy_run(root))["squares"] == "done"
    assert (elsewhere / "squares.txt").read_text() == "mine"


def test_verify_leaves_an_artifact_alone_while_a_run_is_making_it(toy, tmp_path):
    toy.toy_run(tmp_path)
    change(only(tmp_path, "artifacts/squares-*/squares.txt"))
    workspace = Workspace(tmp_path)
    with workspace.exclusive("squares", only(tmp_path, "artifacts/squares-*").name.removeprefix("squares-")):
        assert verdicts(tmp_path) == {"numbers": "whole", "squares": "in use", "total": "whole"}
    assert only(tmp_path, "artifacts/squares-*").is_dir()


def test_artifacts_whose_files_were_never_recorded_stay_usable(toy, tmp_path):
    toy.toy_run(tmp_path)
    with closing(sqlite3.connect(tmp_path / "metadata.sqlite")) as db, db:
        db.execute("UPDATE artifacts SET files = NULL")
    assert set(states(tmp_path, toy.toy_run(tmp_path)).values()) == {"cached"}
    assert set(verdicts(tmp_path).values()) == {"unrecorded"}


def test_garbage_collection_removes_what_was_set_aside(toy, tmp_path):
    toy.toy_run(tmp_path)
    change(only(tmp_path, "artifacts/squares-*/squares.txt"))
    verdicts(tmp_path)
    assert list(collect(Workspace(tmp_path), toy.PLAN, None).removed) == ["damaged"]
    assert list((tmp_path / "damaged").iterdir()) == []


def test_a_step_that_is_never_cached_runs_every_time(toy, tmp_path):
    plan = (*toy.PLAN[:2], toy.Step(toy.total, needs=(toy.numbers, toy.squares), cached=False))
    for _ in range(2):
        toy.toy_run(tmp_path, plan=plan)
        assert states(tmp_path)["total"] == "done"
    assert len(list(tmp_path.glob("artifacts/total-*"))) == 2


def test_the_command_names_what_is_damaged_and_fails(toy, vaeflow):
    root = vaeflow.folder / "runs"
    toy.toy_run(root)
    done = vaeflow("verify")
    assert (done.returncode, [line.split()[:2] for line in done.stdout.splitlines()]) == (
        0,
        [["numbers", "whole"], ["squares", "whole"], ["total", "whole"]],
    )
    change(only(root, "artifacts/squares-*/squares.txt"))
    done = vaeflow("verify", "toy-1")
    assert done.returncode == 1
    assert "squares.txt has the expected size but another content; moved to " in done.stdout
    assert done.stderr == "error: 1 of 3 artifacts are damaged. Run the recipe again to make them again.\n"


def test_the_files_of_an_artifact_are_recorded_with_their_sizes_and_digests(toy, tmp_path):
    toy.toy_run(tmp_path)
    with closing(sqlite3.connect(tmp_path / "metadata.sqlite")) as db:
        ((files,),) = db.execute("SELECT files FROM artifacts WHERE kind = 'Squares'").fetchall()
    assert json.loads(files) == {"squares.txt": [5, hashlib.sha256(b"0 1 4").hexdigest()]}
