"""Studies that run: members are ordinary runs, failures do not stop the others, and none is run twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from vaeflow.pipeline.studies.members import members
from vaeflow.pipeline.studies.results import save_results
from vaeflow.pipeline.studies.running import Outcome, earlier_outcomes
from vaeflow.pipeline.studies.study import load
from vaeflow.pipeline.summary import all_runs
from vaeflow.pipeline.workspace import Workspace

CACHED_AND_FAILING = """
recipe: small.yaml
variants: {as it is: {}, unreadable: {"ingest.source": "folder:unreadable"}}
compare: [elbo, kmeans_accuracy]
"""


@pytest.fixture(scope="module")
def studied(finished):
    """The command line in a folder in which a study has run, of which one member fails; `printed` is the process."""
    (finished.folder / "mixed.yaml").write_text(CACHED_AND_FAILING)
    (finished.folder / "unreadable").mkdir()
    (finished.folder / "unreadable" / "image.png").write_text("no image")
    finished.printed = finished("study", "mixed.yaml")
    return finished


def runs_of(study, vaeflow):
    return [run for run in all_runs(Workspace(vaeflow.folder / "runs")) if run.study == study]


@pytest.mark.full
def test_a_member_that_fails_does_not_stop_the_others_and_is_named(studied):
    assert studied.printed.returncode == 1
    assert "1/2  as it is, seed 0: finished as mixed.as-it-is.seed=0-1." in studied.printed.stdout
    assert "2/2  unreadable, seed 0: failed: ingest failed in run mixed.unreadable.seed=0-1" in studied.printed.stdout
    last = studied.printed.stderr.splitlines()[-1]
    assert last == "error: mixed: 1 of 2 runs failed: unreadable, seed 0."


@pytest.mark.full
def test_members_are_runs_that_the_store_knows(studied):
    runs = {run.variant: run for run in runs_of("mixed", studied)}
    assert {variant: run.state for variant, run in runs.items()} == {"as it is": "done", "unreadable": "failed"}
    assert {step.step for step in runs["as it is"].steps} == {"ingest", "preprocess", "features", "train", "evaluate"}
    assert "\nstudy mixed\n" in studied("runs").stdout


@pytest.mark.full
def test_the_results_tell_what_has_failed_and_hold_the_page_and_the_numbers(studied):
    folder = studied.folder / "runs" / "studies" / "mixed"
    results = json.loads((folder / "results.json").read_text())
    assert list(results["failed"]) == ["unreadable, seed 0"]
    assert [row["name"] for row in results["rows"]] == ["as it is"]
    page = (folder / "index.html").read_text()
    assert "1 of 2 runs failed" in page
    assert 'href="../../artifacts/evaluate-' in page
    assert (folder / "results.csv").read_text().startswith("row,")
    assert "toprule" in (folder / "results.tex").read_text()
    assert [link.resolve().name for link in (folder / "tensorboard").iterdir()] == ["logs"]


@pytest.mark.full
def test_a_finished_member_makes_no_new_run(studied, monkeypatch):
    monkeypatch.chdir(studied.folder)
    done, failed = members(load("mixed.yaml"))
    found = earlier_outcomes([done, failed], studied.folder / "runs")
    assert [(outcome.member, outcome.run) for outcome in found] == [(done, "mixed.as-it-is.seed=0-1"), (failed, "")]
    assert "as it is, seed 0    mixed.as-it-is.seed=0-1" in studied("study", "mixed.yaml", "--dry-run").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.yaml"], "none.yaml: expected a YAML file, but there is no such file."),
        (["kl_weigth"], "kl_weigth: no such study. Did you mean 'kl_weight'?"),
        (["...yaml"], "...yaml: expected a file with a name of letters"),
        (["kl_weight", "--seeds", "0"], "seeds: should be at least 1; got 0."),
        (["kl_weight", "--set", "train.epoch=3"], "beta=0: train.epoch: no such field. Did you mean"),
    ],
)
def test_a_study_that_cannot_run_is_refused_before_any_work(vaeflow, arguments, message):
    (vaeflow.folder / "...yaml").write_text("vary: {train.epochs: [1]}")
    refused = vaeflow.refusal("study", *arguments)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert not (vaeflow.folder / "runs").exists()


def test_a_study_says_first_how_long_it_takes_and_that_runs_can_share_the_time(vaeflow):
    alone, together = (vaeflow("study", "kl_weight", "--dry-run", "--jobs", jobs).stdout for jobs in ("1", "2"))
    assert "10 runs, 5 variants with 2 seeds" in alone
    assert "About 12 min left." in alone
    assert "About 6 min left." in together
    assert ("--jobs 2 runs two at a time" in alone) == (os.cpu_count() > 1)
    assert "at a time" not in together


def test_a_root_that_cannot_be_written_is_refused_once_and_not_by_every_member(vaeflow):
    (vaeflow.folder / "taken").mkdir()
    (vaeflow.folder / "taken" / "locks").write_text("no folder")
    refused = vaeflow.refusal("study", "kl_weight", "--root", "taken")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: --root taken: cannot be written: File exists")
    assert "failed" not in refused.stdout


@pytest.mark.full
def test_a_study_that_is_killed_goes_on_where_it_was(finished):
    (finished.folder / "dims.yaml").write_text("recipe: small.yaml\nvary: {train.model.latent_dim: [2, 3, 4]}\n")
    command = [sys.executable, "-m", "vaeflow", "study", "dims.yaml", "--jobs", "2"]
    process = subprocess.Popen(
        command, cwd=finished.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert any("1/3" in line for line in process.stdout)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    psutil.wait_procs(children, timeout=10)
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]

    before = runs_of("dims", finished)
    again = finished("study", "dims.yaml")
    assert again.returncode == 0, again.stderr
    done = [run.variant for run in runs_of("dims", finished) if run.state == "done"]
    assert sorted(done) == ["latent_dim=2", "latent_dim=3", "latent_dim=4"]
    assert any(run.state == "done" for run in before)
    assert "3 of them finished" in finished("study", "dims.yaml", "--dry-run").stdout


@pytest.mark.full
def test_results_are_written_again_only_if_there_is_something_new(studied, monkeypatch):
    monkeypatch.chdir(studied.folder)
    study, root = load("mixed.yaml"), studied.folder / "runs"
    done, failed = members(study)
    [outcome] = earlier_outcomes([done], root)

    def written(problem):
        return (save_results(study, [outcome, Outcome(failed, problem=problem)], root) / "results.json").stat()

    before = written("unreadable")
    assert written("unreadable").st_mtime_ns == before.st_mtime_ns
    curves = root / "studies" / "mixed" / "tensorboard"
    shutil.rmtree(curves)
    assert written("unreadable").st_mtime_ns != before.st_mtime_ns
    assert curves.is_dir()
    assert (after := written("gone")).st_mtime_ns > before.st_mtime_ns
    (root / "studies" / "mixed" / "results.csv").unlink()
    assert written("gone").st_mtime_ns > after.st_mtime_ns


@pytest.mark.full
def test_the_page_tells_how_many_runs_have_not_been_made(studied, monkeypatch):
    monkeypatch.chdir(studied.folder)
    study, root = load("mixed.yaml"), studied.folder / "runs"
    folder = save_results(study, earlier_outcomes(members(study)[:1], root), root)
    assert "<strong>Not complete.</strong> 1 of 2 runs" in (folder / "index.html").read_text()


def test_a_signal_of_the_terminal_ends_a_study_with_one_line_though_its_member_is_starting(vaeflow):
    command = [sys.executable, "-m", "vaeflow", "study", "kl_weight"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=vaeflow.folder, **pipes, text=True, start_new_session=True)
    study = psutil.Process(process.pid)
    while not any("spawn_main" in part for child in study.children() for part in child.cmdline()):
        assert process.poll() is None  # it does not end before
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # the member is a Python that has not imported anything
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines() == ["Interrupted. Run the same command again to go on."]
