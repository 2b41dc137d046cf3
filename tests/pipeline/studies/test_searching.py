"""Searches that run: trials are ordinary runs up to train, and only the best one is evaluated."""

import json
import signal
import subprocess
import sys
import time

import psutil
import pytest
import yaml

from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.commands.search import search
from vaeflow.pipeline.recipes import load as load_recipe
from vaeflow.pipeline.studies.running import How
from vaeflow.pipeline.studies.searching import prepare, searching
from vaeflow.pipeline.studies.study import load
from vaeflow.pipeline.summary import all_runs
from vaeflow.pipeline.workspace import Workspace

CACHED = """
description: A search whose only trial has been trained before.
recipe: small.yaml
search:
  trials: 1
  ranges: {train.learning_rate: {choices: [1.0e-3, 2.0e-3]}}
compare: [elbo]
show: [reconstructions]
"""
DIVERGING = """
recipe: small.yaml
set: {preprocess.binarise: none, train.model.likelihood.name: gaussian, train.model.likelihood.variance: fixed}
search:
  trials: 3
  ranges: {train.model.likelihood.stddev: {choices: [0.1, 1.0e-20]}}
compare: [elbo]
show: [reconstructions]
"""
TRAINED = """
recipe: small.yaml
set: {train.epochs: 4}
search:
  goal: val_log_likelihood
  trials: 8
  seed: 1
  ranges:
    train.model.latent_dim: {low: 1, high: 8, log: true}
    train.learning_rate: {low: 1.0e-4, high: 0.1, log: true}
    train.model.network.hidden: {choices: [[8], [16, 8]]}
compare: [elbo]
show: [reconstructions]
"""


@pytest.fixture(scope="module")
def searched(finished):
    """The command line in a folder in which a search has run; `printed` is the process."""
    (finished.folder / "cached.yaml").write_text(CACHED)
    finished.printed = finished("study", "cached.yaml")
    return finished


def runs_of(folder, study):
    return {run.run: run for run in all_runs(Workspace(folder / "runs")) if run.study == study}


@pytest.mark.full
def test_a_trial_is_a_run_up_to_train_and_only_the_best_is_evaluated(searched):
    assert searched.printed.returncode == 0, searched.printed.stderr
    assert "the best is trial 0, val_elbo -" in searched.printed.stdout
    made = {name: [step.step for step in run.steps] for name, run in runs_of(searched.folder, "cached").items()}
    assert {name: {*steps} for name, steps in made.items()} == {
        "cached.best.seed=0-1": {"ingest", "preprocess", "train", "features", "evaluate"},
        "cached.trial-0.seed=0-1": {"ingest", "preprocess", "train"},
    }


@pytest.mark.full
def test_the_results_are_the_trials_the_best_recipe_and_its_numbers(searched, monkeypatch):
    monkeypatch.chdir(searched.folder)
    folder = searched.folder / "runs" / "studies" / "cached"
    results = json.loads((folder / "results.json").read_text())
    (trial,) = results["search"]["trials"]
    assert (trial["state"], trial["run"]) == ("finished", "cached.trial-0.seed=0-1")
    assert [row["name"] for row in results["rows"]] == ["best"]
    page = (folder / "index.html").read_text()
    assert "History of the search" not in page  # its charts are pictures, with texts for those who do not see them
    assert f"validation ELBO in nats of the finished trials: {trial['goal']:.2f} in trial 0" in page
    assert "Numbers of the best trial, on the test images" in page
    assert (folder / "best.yaml").read_text() == results["search"]["recipe"]
    best = load_recipe(str(folder / "best.yaml")).config
    assert best.train == load_recipe("small.yaml").config.train
    assert yaml.safe_load((folder / "best.yaml").read_text())["train"] == {"learning_rate": 0.001, "seed": 0}


@pytest.mark.full
def test_a_search_that_has_ended_makes_no_new_run(searched):
    before = runs_of(searched.folder, "cached")
    again = searched("study", "cached.yaml", "--dry-run")
    assert "1 of them ended" in again.stdout
    assert "trial 0  cached.trial-0.seed=0-1  val_elbo -" in again.stdout
    assert searched("study", "cached.yaml").returncode == 0
    assert runs_of(searched.folder, "cached") == before


@pytest.mark.full
def test_a_trial_that_diverges_is_no_failure_of_the_search_and_is_not_repeated(searched):
    (searched.folder / "diverging.yaml").write_text(DIVERGING)
    done = searched("study", "diverging.yaml")
    assert done.returncode == 0, done.stderr
    assert "(stddev 1e-20): diverged: train failed in run diverging.trial-" in done.stdout
    results = json.loads((searched.folder / "runs" / "studies" / "diverging" / "results.json").read_text())
    assert {trial["state"] for trial in results["search"]["trials"]} == {"finished", "diverged"}
    before = runs_of(searched.folder, "diverging")
    assert searched("study", "diverging.yaml").returncode == 0
    assert runs_of(searched.folder, "diverging") == before


@pytest.mark.full
def test_two_processes_do_not_run_the_same_search(searched, monkeypatch):
    monkeypatch.chdir(searched.folder)
    study = load("cached.yaml")
    root = searched.folder / "runs"
    prepared = prepare(study, study.config.search, root)
    with (
        searching(prepared, root),
        pytest.raises(RunError, match="cached: another process runs this search"),
        searching(prepared, root),
    ):
        pass


def test_without_optuna_the_extra_is_named_and_a_search_has_no_variants(tmp_path, monkeypatch):
    study, how = load("search"), How(tmp_path / "runs")
    with pytest.raises(InputError, match="--only best: search is a search, which has no variants"):
        search(study, study.config.search, how, only=["best"], dry_run=False)
    monkeypatch.setitem(sys.modules, "optuna", None)  # as if it was not installed
    message = r"search: needs a package that is not installed, optuna: pip install 'vaeflow\[search\]'"
    with pytest.raises(InputError, match=message):
        search(study, study.config.search, how, only=[], dry_run=False)
    assert not how.root.exists()


@pytest.mark.full
def test_a_search_that_is_killed_goes_on_and_no_trial_is_lost_or_doubled(finished):
    (finished.folder / "trained.yaml").write_text(TRAINED)
    command = [sys.executable, "-u", "-m", "vaeflow", "study", "trained.yaml"]
    process = subprocess.Popen(
        command, cwd=finished.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert any(line.startswith("trial 1 (") for line in process.stdout)
    while "trained.trial-2.seed=1-1" not in runs_of(finished.folder, "trained"):
        time.sleep(0.1)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    psutil.wait_procs(children, timeout=10)
    before = runs_of(finished.folder, "trained")
    assert sorted(run.state for run in before.values()) == ["done", "done", "killed"]

    again = finished("study", "trained.yaml")
    assert again.returncode == 0, again.stderr
    trials = json.loads((finished.folder / "runs/studies/trained/results.json").read_text())["search"]["trials"]
    assert [trial["number"] for trial in trials] == list(range(8))
    states = {run.run: run.state for run in runs_of(finished.folder, "trained").values()}
    assert {trial["run"]: {"finished": "done"}.get(trial["state"], trial["state"]) for trial in trials} == {
        run: state for run, state in states.items() if "trial" in run and state != "killed"
    }
    assert [run for run, state in states.items() if state == "killed"] == ["trained.trial-2.seed=1-1"]
    assert "pruned" in states.values()
    assert all(type(trial["values"]["train.model.latent_dim"]) is int for trial in trials)
    assert [run for run in states if "best" in run] == ["trained.best.seed=1-1"]
    assert "  pruned  " in finished("runs").stdout
