"""Files that a run has recorded, such as its metrics, which are damaged or something else."""

import dataclasses
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.pipeline.unversioned import UNVERSIONED
from vaeflow.pipeline.summary import all_runs
from vaeflow.pipeline.workspace import Workspace


def evaluation(root):
    return root / "artifacts/evaluate-6d2f3d7011fe/metrics.json"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"metrics": {"elbo"', "expected JSON"),
        (b"", "expected JSON"),
        (b"\xff\xfe\x00", "expected JSON"),
        (b"[" * 100_000, "expected JSON"),
        (b"[]", "expected metrics"),
        (b'{"metrics": 3}', "expected metrics"),
        (b'{"metrics": {"elbo": {"mean": 1, "std": "\\ud800"}}}', "expected JSON"),
        (b'{"metrics": {"elbo": {"mean": 1, "std": "2"}}}', "expected a number as elbo"),
        (b'{"metrics": {"elbo": true}}', "expected a number as elbo"),
        (b'{"metrics": {"elbo": {"mean": 1}}}', "expected a number as elbo"),
    ],
)
def test_metrics_that_cannot_be_read_are_reported_and_hide_nothing_else(tmp_path, content, reason):
    root = shutil.copytree(UNVERSIONED, tmp_path / "runs")
    (before,) = all_runs(Workspace(root))
    evaluation(root).write_bytes(content)
    (run,) = all_runs(Workspace(root))
    assert run.problem == f"{evaluation(root)}: cannot be read: {reason}."
    assert (run.metrics, run.steps, before.problem) == ({}, before.steps, "")


def make_device(path):
    path.symlink_to("/dev/zero")


@pytest.fixture
def with_classes(tmp_path):
    """A root with the metrics and the classes of a run."""
    root = shutil.copytree(UNVERSIONED, tmp_path / "runs")
    (run,) = all_runs(Workspace(root))
    folder = Path(run.steps[0].artifact.path)
    folder.mkdir()
    (folder / "label.labels.txt").write_text("cat\ndog\n")
    return root


@pytest.mark.parametrize(("make", "kind"), [(os.mkfifo, "a FIFO"), (make_device, "a device"), (Path.mkdir, "a folder")])
@pytest.mark.parametrize(
    ("pattern", "field", "empty"), [("evaluate-*/metrics.json", "metrics", {}), ("*/label.labels.txt", "classes", [])]
)
def test_what_is_in_the_place_of_a_record_is_named_and_not_opened(with_classes, pattern, field, empty, make, kind):
    (before,) = all_runs(Workspace(with_classes))
    assert getattr(before, field)
    (file,) = with_classes.glob(f"artifacts/{pattern}")
    file.unlink()
    make(file)
    problem = f"{file}: cannot be read: expected a file, got {kind}."
    assert all_runs(Workspace(with_classes)) == [dataclasses.replace(before, problem=problem, **{field: empty})]


def test_names_of_classes_that_are_no_text_are_reported(with_classes):
    (file,) = with_classes.glob("artifacts/*/label.labels.txt")
    file.write_bytes(b"\xff")
    (run,) = all_runs(Workspace(with_classes))
    assert (run.classes, run.problem) == ([], f"{file}: cannot be read: expected UTF-8.")


def test_commands_warn_of_metrics_that_cannot_be_read_in_one_line(vaeflow):
    root = shutil.copytree(UNVERSIONED, vaeflow.folder / "runs")
    evaluation(root).write_text("{")
    for command in (["runs"], ["show", "small-1"]):
        done = vaeflow(*command)
        assert (done.returncode, "small-1" in done.stdout) == (0, True)
        assert done.stderr == f"warning: {evaluation(root)}: cannot be read: expected JSON.\n"
    assert json.loads(vaeflow("runs", "--json").stdout)[0]["problem"]
