"""Going on from a shorter execution: on the toy plan, and the command line on the real one."""

import json
import logging
import re

import pytest

from vaeflow.pipeline.database import writing
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace


def steps(root, run):
    workspace = Workspace(root)
    return {step.step: step for step in summary(workspace, find_run(workspace, run)).steps}


def said(caplog):
    return [record.getMessage() for record in caplog.records if record.name.endswith("going_on")]


def test_a_step_goes_on_from_the_longest_shorter_execution(toy, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    for parts in (3, 2, 5):
        toy.toy_run(tmp_path, total={"parts": parts})
    assert said(caplog) == ["total: goes on from toy-1 (parts=3)"]
    run = toy.toy_run(tmp_path, total={"parts": 4})
    assert said(caplog)[1:] == said(caplog)[:1]
    assert steps(tmp_path, run)["total"].artifact.properties["resumed"]
    assert [steps(tmp_path, f"toy-{n}")["total"].artifact.properties["resumed"] for n in (1, 2, 3)] == [
        False,
        False,
        True,
    ]


def _folder(root, run):
    return steps(root, run)["total"].artifact.path.rpartition("/")[2]


def test_a_step_that_cannot_go_on_says_why(toy, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    for parts in (2, 3):
        run = toy.toy_run(tmp_path, total={"parts": parts, "annealed": True})
    assert said(caplog) == ["total: starts anew, not from toy-1 (parts=2): the first part depends on all"]
    assert not steps(tmp_path, run)["total"].artifact.properties["resumed"]


@pytest.mark.parametrize(
    "changes",
    [
        {"use_cache": False},
        {"numbers": {"count": 4}},
        {"total": {"parts": 3, "seconds": 0.001}},
        {"total": {"parts": 1}},
        {"total": {"parts": 2, "seconds": 0.001}},
    ],
    ids=["without the cache", "other inputs", "another field", "fewer parts", "as many parts"],
)
def test_nothing_is_said_where_there_is_nothing_to_go_on_from(toy, tmp_path, caplog, changes):
    caplog.set_level(logging.INFO)
    toy.toy_run(tmp_path)
    run = toy.toy_run(tmp_path, **{"total": {"parts": 3}, **changes})
    assert said(caplog) == []
    assert not steps(tmp_path, run)["total"].artifact.properties["resumed"]


def _damaged(toy, root):
    run = toy.toy_run(root)
    (root / "artifacts" / _folder(root, run) / "half.txt").write_text("HALF")


def _of_other_code(toy, root):
    toy.toy_run(root)
    with writing(Workspace(root).store.path) as db:
        db.execute("UPDATE executions SET key = 'other' || key WHERE step = 'total'")
        db.execute("UPDATE artifacts SET key = 'other' || key WHERE kind = 'Total'")


@pytest.mark.parametrize(
    "make",
    [_damaged, _of_other_code, lambda toy, root: toy.toy_run(root, use_cache=False)],
    ids=["damaged", "code", "salt"],
)
def test_what_would_not_be_made_like_this_is_not_gone_on_from(toy, tmp_path, caplog, make):
    caplog.set_level(logging.INFO)
    make(toy, tmp_path)
    run = toy.toy_run(tmp_path, total={"parts": 3})
    assert said(caplog) == [
        "total: starts anew, not from toy-1 (parts=2): it was made by other code or without the cache, or is "
        "damaged or removed"
    ]
    assert not steps(tmp_path, run)["total"].artifact.properties["resumed"]


# ---------------------------------------------------------------- training


def trained(command, *options):
    """Run until the training, from the folder of the command; returns what is printed, and the artifact."""
    done = command("run", "small.yaml", "--until", "train", *options)
    assert done.returncode == 0, done.stderr
    shown = json.loads(command("show", "latest", "--json").stdout)["steps"]
    return done.stderr, next(step["artifact"] for step in shown if step["step"] == "train")


@pytest.mark.full
def test_more_epochs_give_the_model_of_a_training_in_one_go(finished):
    longer = "--set", "train.epochs=3"
    printed, gone_on = trained(finished, *longer)
    assert "train: goes on from small-1 (epochs=1)" in printed
    assert "resuming after epoch 1 of 3" in printed
    printed, whole = trained(finished, *longer, "--no-cache")
    assert "resuming" not in printed
    assert (gone_on["digest"], gone_on["properties"]) == (whole["digest"], whole["properties"])

    printed, _ = trained(finished, "--set", "train.schedule=cosine")
    assert "train: starts anew" not in printed
    printed, _ = trained(finished, "--set", "train.schedule=cosine", *longer)
    assert re.search(r"starts anew, not from small-\d \(epochs=1\): with train\.schedule: cosine, the", printed)


@pytest.mark.full
def test_training_starts_from_a_run_by_whatever_name(finished):
    _, base = trained(finished)
    _, tuned = trained(finished, "--set", "train.start_from=small-1")
    assert tuned["inputs"][-1] == base["path"]
    again, _ = trained(finished, "--set", f"train.start_from={base['path']}")
    assert "train: cached" in again
    latest = json.loads(finished("show", "latest", "--json").stdout)["run"]
    printed, _ = trained(finished, "--set", "train.start_from=latest", "--set", "train.epochs=2")
    assert "resuming" not in printed
    config = json.loads(finished("show", "latest", "--json").stdout)["config"]
    assert config["train"]["start_from"] == latest
    refused = finished("run", "small.yaml", "--set", "train.start_from=small-1", "--set", "train.model.latent_dim=3")
    assert refused.returncode == 2
    (line,) = (line for line in refused.stderr.splitlines() if "train.start_from" in line)
    assert "has the shape [16, 4] in" in line
    assert "and the shape [16, 6] here" in line
    unknown = finished("run", "small.yaml", "--set", "train.start_from=other-1")
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (2, 1)


@pytest.mark.full
def test_a_sweep_starts_from_the_same_run_when_it_is_run_again(finished):
    sweep = "sweep", "small.yaml", "--set", "train.learning_rate=0.001,0.002", "--set", "train.start_from=latest"
    swept = finished(*sweep)
    assert swept.returncode == 0, swept.stderr
    assert "2 runs, 2 variants with 1 seed, 2 of them finished" in finished(*sweep, "--dry-run").stdout
