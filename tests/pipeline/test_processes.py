"""Runs as processes: killed, interrupted and concurrent."""

import signal
import time

import psutil
import pytest

from vaeflow.pipeline.summary import all_runs, find_run, summary
from vaeflow.pipeline.workspace import Workspace


def show(root, run="latest"):
    workspace = Workspace(root)
    return summary(workspace, find_run(workspace, run))


def wait_for(process, text):
    """Read the process's stderr up to a line that contains `text`."""
    for line in process.stderr:
        if text in line:
            return
    raise AssertionError(f"the process ended without printing '{text}'")


@pytest.mark.full
@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_in_the_middle_of_a_long_step_and_the_children_of_the_step(
    start_toy_run, tmp_path, number, exit_code
):
    process = start_toy_run(tmp_path, trouble="child")
    wait_for(process, "total: started")
    while not (written := list(tmp_path.glob("staging/*/child.pid"))) or not written[0].read_text():
        time.sleep(0.01)
    child = psutil.Process(int(written[0].read_text()))

    assert show(tmp_path).state == "running"
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == exit_code
    assert errors.splitlines() == ["Interrupted. Go on."]
    run = show(tmp_path)
    assert run.state == "interrupted"
    assert [step.state for step in run.steps] == ["done", "done", "interrupted"]
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_killed_run_is_shown_as_killed_and_the_next_one_resumes(start_toy_run, tmp_path):
    process = start_toy_run(tmp_path, trouble="kill")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL

    (killed,) = all_runs(Workspace(tmp_path))
    assert killed.state == "killed"
    assert [step.state for step in killed.steps] == ["done", "done", "killed"]

    out, errors = start_toy_run(tmp_path, trouble="kill").communicate(timeout=60)
    assert out == "toy-2\n", errors
    run = show(tmp_path)
    assert [step.state for step in run.steps] == ["cached", "cached", "done"]
    assert run.steps[-1].artifact.properties["resumed"]


@pytest.mark.full
def test_two_concurrent_runs_make_each_artifact_once(start_toy_run, tmp_path):
    processes = [start_toy_run(tmp_path, seconds=1.5) for _ in range(2)]
    logged = [process.communicate(timeout=60)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    runs = all_runs(Workspace(tmp_path))
    assert {run.run for run in runs} == {"toy-1", "toy-2"}
    for step in range(3):
        assert sorted(run.steps[step].state for run in runs) == ["cached", "done"]
    assert len(list((tmp_path / "artifacts").iterdir())) == 3
    assert any("waiting for it" in text for text in logged)
