"""How long the rest of a study takes: as the finished runs, or as the study says."""

import pytest

from vaeflow.components.artifacts import Dataset
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.studies.estimate import seconds_left, seconds_of
from vaeflow.pipeline.studies.running import How
from vaeflow.pipeline.studies.study import Study, changed, validated
from vaeflow.pipeline.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.prepare()
    return workspace


def ran(workspace, monkeypatch, seconds):
    """A run whose steps took as long."""
    now = [100.0]
    monkeypatch.setattr("vaeflow.pipeline.store.time.time", lambda: now[0])
    run = workspace.store.begin_run("a", "{}", announce=lambda run: None)
    for step, duration in seconds.items():
        execution = workspace.store.begin_execution(run, step, f"{run}{step}", ())
        now[0] += duration
        folder = workspace.root / "artifacts" / f"{run}{step}"
        folder.mkdir()
        workspace.store.finish_made(execution, f"{run}{step}", Dataset(folder), "", take_manifest(folder))
    return run


def study(**settings):
    return Study("toy", validated({"recipe": "digits", "vary": {"train.epochs": [1, 2]}, **settings}))


def test_finished_runs_tell_by_the_steps_that_each_run_executes(workspace, monkeypatch):
    runs = [ran(workspace, monkeypatch, {"ingest": 50.0, "train": t, "evaluate": 4.0}) for t in (10.0, 20.0)]
    assert [seconds_of(run, workspace) for run in runs] == pytest.approx([14.0, 24.0])
    assert seconds_left(study(), runs, 3, How(workspace.root)) == pytest.approx(3 * 19.0)
    assert seconds_left(study(), runs, 3, How(workspace.root, jobs=2)) == pytest.approx(3 * 19.0 / 2)


def test_a_run_that_reused_its_training_tells_nothing(workspace, monkeypatch):
    assert seconds_of(ran(workspace, monkeypatch, {"evaluate": 4.0}), workspace) is None


def test_else_the_study_says_it_unless_it_was_changed(workspace):
    how = How(workspace.root)
    assert seconds_left(study(minutes=10, seeds=2), [], 1, how) == pytest.approx(150)
    assert seconds_left(study(minutes=10, seeds=2), [], 1, How(workspace.root, jobs=2)) == pytest.approx(75)
    assert seconds_left(changed(study(minutes=10, seeds=2), seeds=1), [], 1, how) == pytest.approx(150)
    assert seconds_left(study(), [], 1, how) is None
    assert seconds_left(changed(study(minutes=10), changes=["train.batch_size=1"]), [], 1, how) is None
