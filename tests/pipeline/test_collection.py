"""Garbage collection, on the toy plan."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.pipeline.permissions import anyone_may_write, without_permission
from vaeflow.models.errors import RunError
from vaeflow.pipeline.collection import collect, find_garbage
from vaeflow.pipeline.commands.gc import gc as gc_command
from vaeflow.pipeline.summary import all_runs, find_run, summary
from vaeflow.pipeline.workspace import Workspace

COLLECT_AND_DIE = """
import os, shutil, sys
from pathlib import Path
from toy_pipeline import PLAN
from vaeflow.pipeline.collection import collect
from vaeflow.pipeline.workspace import Workspace
shutil.rmtree = lambda folder: os.kill(os.getpid(), 9)
collect(Workspace(Path(sys.argv[1])), PLAN, keep=1)
"""


def steps(root, run):
    workspace = Workspace(root)
    return {step.step: step for step in summary(workspace, find_run(workspace, run)).steps}


def states(root, run):
    return {name: step.state for name, step in steps(root, run).items()}


def files(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def size_of_artifacts(files):
    return sum(len(content) for path, content in files.items() if path.parts[0] == "artifacts")


def gc(toy, root, keep=None):
    """Collect garbage; return the number of removed folders of each kind."""
    removed, left = collect(Workspace(root), toy.PLAN, keep)
    assert left == []
    assert list((root / "trash").iterdir()) == []
    return {kind: len(sizes) for kind, sizes in removed.items()}


def test_artifacts_of_older_runs_are_removed_and_those_of_the_newest_kept(toy, tmp_path):
    old, new = toy.toy_run(tmp_path, numbers={"count": 3}), toy.toy_run(tmp_path, numbers={"count": 4})

    assert gc(toy, tmp_path, keep=1) == {"Numbers": 1, "Squares": 1, "Total": 1}
    assert {step.artifact.removed for step in steps(tmp_path, old).values()} == {True}
    assert {step.artifact.removed for step in steps(tmp_path, new).values()} == {False}
    assert states(tmp_path, old) == dict.fromkeys(("numbers", "squares", "total"), "done")
    assert gc(toy, tmp_path, keep=1) == {}


def test_a_run_whose_artifacts_were_removed_makes_them_again(toy, tmp_path):
    toy.toy_run(tmp_path, numbers={"count": 3})
    toy.toy_run(tmp_path, numbers={"count": 4})
    gc(toy, tmp_path, keep=1)
    again = toy.toy_run(tmp_path, numbers={"count": 3})
    assert set(states(tmp_path, again).values()) == {"done"}
    assert steps(tmp_path, again)["total"].artifact.properties["total"] == 0 + 1 + 4


def test_an_artifact_that_a_kept_run_reused_is_kept(toy, tmp_path):
    toy.toy_run(tmp_path)
    new = toy.toy_run(tmp_path, squares={"power": 3})
    assert states(tmp_path, new)["numbers"] == "cached"
    assert gc(toy, tmp_path, keep=1) == {"Squares": 1, "Total": 1}
    assert not steps(tmp_path, new)["numbers"].artifact.removed


@pytest.mark.parametrize(
    ("keep", "kept"),
    [(None, ["toy-1", "toy-2", "toy-3"]), (3, ["toy-1", "toy-2", "toy-3"]), (2, ["toy-2", "toy-3"]), (1, ["toy-3"])],
)
def test_the_given_number_of_finished_runs_of_each_recipe_is_kept(toy, tmp_path, keep, kept):
    for power in (2, 3, 4):
        toy.toy_run(tmp_path, plan=toy.PLAN[:2], squares={"power": power})
    toy.toy_run(tmp_path, plan=toy.PLAN[:2], squares={"power": 5}, name="other")
    gc(toy, tmp_path, keep=keep)
    runs = [run.run for run in all_runs(Workspace(tmp_path)) if not run.steps[1].artifact.removed]
    assert sorted(runs) == ["other-1", *kept]


def test_a_run_until_an_earlier_step_does_not_replace_a_whole_one(toy, tmp_path):
    whole = toy.toy_run(tmp_path)
    toy.toy_run(tmp_path, plan=toy.PLAN[:2], squares={"power": 3})
    assert gc(toy, tmp_path, keep=1) == {}
    assert not steps(tmp_path, whole)["total"].artifact.removed


def test_unfinished_work_of_the_newest_run_is_kept_to_resume_from(toy, tmp_path):
    with pytest.raises(RunError):
        toy.toy_run(tmp_path, total={"trouble": "run"})
    assert gc(toy, tmp_path, keep=1) == {}
    again = toy.toy_run(tmp_path, total={"trouble": "run"})
    assert steps(tmp_path, again)["total"].artifact.properties["resumed"]


def test_unfinished_work_of_an_older_run_is_removed(toy, tmp_path):
    with pytest.raises(RunError):
        toy.toy_run(tmp_path, squares={"power": 3}, total={"trouble": "run"})
    toy.toy_run(tmp_path)
    assert gc(toy, tmp_path) == {"Squares": 1, "abandoned": 1}
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.full
def test_unfinished_work_of_a_killed_step_that_cannot_resume_is_removed(toy, start_toy_run, tmp_path):
    start_toy_run(tmp_path, trouble="kill").communicate(timeout=60)
    plan = (*toy.PLAN[:2], toy.Step(toy.total, needs=(toy.numbers, toy.squares), resumes=False))
    assert find_garbage(Workspace(tmp_path), toy.PLAN, None) == []
    assert {kind: len(sizes) for kind, sizes in collect(Workspace(tmp_path), plan, None).removed.items()} == {
        "abandoned": 1
    }


def test_an_artifact_that_was_published_but_not_recorded_is_removed(toy, tmp_path):
    with pytest.raises(RunError):
        toy.toy_run(tmp_path, total={"trouble": "run"})
    (staging,) = (tmp_path / "staging").iterdir()
    staging.rename(tmp_path / "artifacts" / staging.name)
    toy.toy_run(tmp_path)
    assert gc(toy, tmp_path) == {"abandoned": 1}
    assert not (tmp_path / "artifacts" / staging.name).exists()


def test_links_and_files_among_the_garbage_are_removed_and_what_links_lead_to_is_kept(toy, tmp_path):
    root, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    toy.toy_run(root)
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    for place in ("damaged", "trash"):
        (root / place / "link").symlink_to(elsewhere)
        (root / place / "lost").symlink_to("nowhere")
        (root / place / "file").write_text("x")
        os.mkfifo(root / place / "fifo")
    assert gc(toy, root) == {"damaged": 4, "abandoned": 4}
    assert (elsewhere / "mine.txt").read_text() == "mine"


def test_what_cannot_be_removed_is_an_error_and_the_rest_is_removed(toy, capsys):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "runs"
        toy.toy_run(root)
        for place in ("a", "b", "c"):
            (root / "damaged" / place / "inner").mkdir(parents=True)
        Path(folder).chmod(0o755)
        with (
            anyone_may_write(root),
            without_permission(root / "damaged" / "b"),
            pytest.raises(RunError) as raised,
        ):
            gc_command(root=root)
        assert str(raised.value) == f"{root}/damaged/b: cannot be removed: Permission denied."
        assert capsys.readouterr().out.splitlines()[-1].startswith("Removed 2 folders, ")
        assert [path.name for path in (root / "damaged").iterdir()] == ["b"]


def test_folders_that_belong_to_no_execution_are_kept(toy, tmp_path):
    toy.toy_run(tmp_path)
    for place in ("artifacts/mine", "kubeflow/20260101-000000"):
        (tmp_path / place).mkdir(parents=True)
    assert gc(toy, tmp_path, keep=1) == {}
    assert (tmp_path / "artifacts/mine").is_dir()
    assert (tmp_path / "kubeflow/20260101-000000").is_dir()


@pytest.mark.full
def test_nothing_of_a_running_run_is_removed(toy, start_toy_run, tmp_path):
    process = start_toy_run(tmp_path, seconds=3)
    while "total" not in (line := process.stderr.readline()):
        assert line
    toy.toy_run(tmp_path, numbers={"count": 5})
    assert gc(toy, tmp_path, keep=1) == {}
    out, errors = process.communicate(timeout=60)
    assert out == "toy-1\n", errors


@pytest.mark.full
def test_concurrent_runs_and_collections_do_not_disturb_each_other(toy, start_toy_run, tmp_path):
    toy.toy_run(tmp_path)
    processes = [start_toy_run(tmp_path, seconds=seconds) for seconds in (0.1, 0.3)]
    while any(process.poll() is None for process in processes):
        gc(toy, tmp_path, keep=1)
        time.sleep(0.01)
    assert [process.returncode for process in processes] == [0, 0], [process.stderr.read() for process in processes]
    assert {run.state for run in all_runs(Workspace(tmp_path))} == {"done"}
    newest = all_runs(Workspace(tmp_path))[0]
    assert {step.artifact.removed for step in newest.steps} == {False}


def test_a_killed_collection_leaves_whole_artifacts_and_the_next_one_completes_it(toy, tmp_path):
    for count in (3, 4):
        toy.toy_run(tmp_path, numbers={"count": count})
    command = [sys.executable, "-c", COLLECT_AND_DIE, str(tmp_path)]
    assert subprocess.run(command, cwd=Path(__file__).parent, check=False).returncode == -signal.SIGKILL

    assert len(list((tmp_path / "trash").iterdir())) == 3
    assert len(list((tmp_path / "artifacts").iterdir())) == 3
    assert {step.artifact.removed for step in steps(tmp_path, "toy-1").values()} == {True}
    again = toy.toy_run(tmp_path, numbers={"count": 3})
    assert set(states(tmp_path, again).values()) == {"done"}
    assert gc(toy, tmp_path) == {"abandoned": 3}


@pytest.mark.full
def test_a_dry_run_prints_the_same_and_removes_nothing(toy, vaeflow):
    root = vaeflow.folder / "runs"
    for count in (3, 4):
        toy.toy_run(root, numbers={"count": count})
    before = files(root)
    foreseen = vaeflow("gc", "--keep", 1, "--dry-run").stdout.splitlines()
    assert files(root) == before
    printed = vaeflow("gc", "--keep", 1).stdout.splitlines()
    assert printed[:-1] == foreseen[:-1]
    assert [line.split()[:2] for line in printed[1:-1]] == [["Numbers", "1"], ["Squares", "1"], ["Total", "1"]]
    removed = size_of_artifacts(before) - size_of_artifacts(files(root))
    assert printed[-1] == f"Removed 3 folders, {removed} bytes."
    assert foreseen[-1] == f"Would remove 3 folders, {removed} bytes."
    assert vaeflow("gc", "--keep", 1).stdout == "There is nothing to remove in runs.\n"
    assert json.loads(vaeflow("show", "toy-1", "--json").stdout)["state"] == "done"
    assert "(removed)" in vaeflow("show", "toy-1").stdout


def test_a_root_without_runs_stays_unchanged(vaeflow):
    assert vaeflow("gc").stdout == "There are no runs in runs.\n"
    assert list(vaeflow.folder.iterdir()) == []
