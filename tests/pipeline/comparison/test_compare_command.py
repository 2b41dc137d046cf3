"""`vaeflow compare`, and what differs in `vaeflow runs`."""

import json
from pathlib import Path

import pytest

from tests.pipeline.imported import modules_after
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.models.errors import InputError
from vaeflow.pipeline.commands.compare import compare
from vaeflow.pipeline.commands.runs import runs as list_runs
from vaeflow.pipeline.comparison.evaluated import read_run
from vaeflow.pipeline.summary import find_run
from vaeflow.pipeline.workspace import Workspace

ELBO = [-100.0, -90.0, -120.0, -80.0]


@pytest.fixture
def two_runs(evaluations):
    """Two runs of one recipe with another number of epochs, and their root."""
    evaluations.add(per_image={"elbo": ELBO})
    evaluations.add("toy", "train.epochs=7", per_image={"elbo": [value - 3 for value in ELBO]})
    return evaluations.workspace.root


def test_the_tables_are_printed(two_runs, capsys):
    compare(["toy-1", "latest"], ["elbo"], root=two_runs)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "toy-2 7" in lines
    assert "toy-1 1 -97.50 (7.40) *" in lines
    assert "toy-2 ELBO -3.000 0.000 unknown worse" in lines


def test_a_comparison_imports_nothing_heavy(two_runs):
    modules = modules_after(two_runs.parent, "compare", "toy-1", "toy-2", "--html", "page.html")
    assert not modules & {"tensorflow", "keras", "apache_beam", "sklearn", "matplotlib", "pandas"}
    assert (two_runs.parent / "page.html").is_file()


def test_each_format_goes_to_its_file_or_to_stdout(two_runs, tmp_path, capsys):
    files = {name: tmp_path / f"page.{name}" for name in ("html", "csv", "tex")}
    compare(["toy-1", "toy-2"], [], json=Path("-"), **files, root=two_runs)
    printed = capsys.readouterr().out
    document = json.loads(printed)
    assert [row["name"] for row in document["rows"]] == ["toy-1", "toy-2"]
    assert "<table>" in files["html"].read_text()
    assert files["csv"].read_text().startswith("row,runs,protocol,metric")
    assert r"\toprule" in files["tex"].read_text()


def test_a_run_of_another_root_is_named_by_its_folder(evaluations, tmp_path, capsys):
    from tests.pipeline.evaluations import Evaluations

    evaluations.add(per_image={"elbo": ELBO})
    other = Evaluations(tmp_path / "elsewhere")
    other.add("toy", "train.epochs=7", per_image={"elbo": ELBO})
    compare(["toy-1", f"{other.workspace.root}/latest"], [], root=evaluations.workspace.root)
    printed = capsys.readouterr().out
    assert f"{other.workspace.root}/toy-1  1" in printed
    assert f"Differences from toy-1, paired on 4 test images\nrecipe{' ' * 10}" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["toy-1"], []), r"^toy-1: expected at least two evaluations to compare, got one\.$"),
        ((["toy-1", "toy-1"], []), r"^toy-1: expected at least two evaluations to compare, got one\.$"),
        ((["toy-1", "toy-9"], []), r"^toy-9: no such run in .*\. Did you mean 'toy-\d'\?$"),
        ((["toy-1", "new-1"], []), r"^new-1: the run has not evaluated a model; its state is 'killed'\.$"),
        ((["toy-1", ""], []), r"^RUN: expected the id of a run, or 'latest', got ''\.$"),
        ((["toy-1", "other/"], []), r"^RUN: expected the id of a run, or 'latest', got 'other/'\.$"),
        ((["toy-1", "~nouser/toy-2"], []), r"^RUN: ~nouser is no home folder: no such user"),
        ((["toy-1", "nowhere/toy-2"], []), r"^toy-2: there are no runs in \S+/nowhere\.$"),
        ((["toy-1", "toy-2"], ["elbw"]), r"^--metric elbw: no such metric\. Did you mean 'elbo'\?$"),
        ((["toy-1", "toy-2"], ["mig"]), r"^--metric mig: no run has measured it\.$"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(evaluations, two_runs, arguments, message):
    evaluations.begin("new")
    with pytest.raises(InputError, match=message):
        compare(*arguments, root=two_runs)


def test_two_formats_cannot_both_go_to_stdout(two_runs):
    with pytest.raises(InputError, match=r"^--csv, --json: only one of them can go to stdout\.$"):
        compare(["toy-1", "toy-2"], [], csv=Path("-"), json=Path("-"), root=two_runs)


def test_two_formats_cannot_go_to_one_file(two_runs, tmp_path):
    one = tmp_path / "all.txt"
    with pytest.raises(InputError, match=r"^--csv, --json: expected a file for each of them, got the same one twice"):
        compare(["toy-1", "toy-2"], [], csv=one, json=tmp_path / "new" / ".." / one.name, root=two_runs)
    assert not one.exists()


def test_a_file_that_cannot_be_written_is_named(two_runs, tmp_path):
    with pytest.raises(InputError, match=r"^--csv \S+/none/x\.csv: cannot be written: No such file or directory\.$"):
        compare(["toy-1", "toy-2"], [], csv=tmp_path / "none" / "x.csv", root=two_runs)


def test_an_evaluation_without_a_protocol_is_named(evaluations, two_runs):
    file = evaluations.folder("toy-1", "evaluate") / "metrics.json"
    original = file.read_text()
    file.write_text(original.replace('"likelihood"', '"likelyhood"'))
    with pytest.raises(InputError, match=r"^toy-1: the evaluation is damaged: .*metrics\.json has the expected size"):
        compare(["toy-1", "toy-2"], [], root=two_runs)


def test_an_evaluation_that_was_removed_is_named(evaluations, two_runs):
    folder = evaluations.folder("toy-1", "evaluate")
    folder.rename(folder.with_name("gone"))
    with pytest.raises(InputError, match=r"^toy-1: expected the evaluated model at \S+/metrics\.json, but it was"):
        compare(["toy-1", "toy-2"], [], root=two_runs)


def test_examples_that_were_removed_leave_the_tables_but_no_pairs(evaluations, two_runs, capsys):
    folder = evaluations.folder("toy-2", "preprocess")
    folder.rename(folder.with_name("gone"))
    compare(["toy-1", "toy-2"], [], root=two_runs)
    printed = capsys.readouterr().out
    assert "test images: toy, digest not recorded" in printed
    assert "Differences" not in printed


def test_runs_show_what_differs_between_them(evaluations, two_runs, capsys):
    list_runs(root=two_runs)
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert first.endswith("train.epochs=7")
    assert second.endswith("train.epochs=50")
    evaluations.add("toy", *(f"train.{field}=7" for field in ("batch_size", "patience", "learning_rate", "seed")))
    list_runs(root=two_runs)
    head, newest, *_, oldest = capsys.readouterr().out.splitlines()
    assert head.endswith("differs in")
    assert newest.endswith("  train.batch_size=7 train.learning_rate=7.0 train.patience=7 train.seed=7")
    assert oldest.endswith(" s  -97.50")


def test_a_real_evaluation_is_read_with_all_its_numbers(finished):
    workspace = Workspace(finished.folder / "runs")
    run = read_run(workspace, find_run(workspace, "small-1"), "small-1")
    content = json.loads((run.per_image.parent / "metrics.json").read_text())
    assert set(run.metrics) == set(content["metrics"]) <= set(METRICS)
    assert run.metrics["elbo"] == (content["metrics"]["elbo"], content["protocol"]["standard_error"]["elbo"])
    assert len(set(run.circumstances.digests.values())) == 3
    assert run.circumstances.binary is False
    refused = finished.refusal("compare", "small-1", "small-1")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "error: small-1: expected at least two evaluations to compare, got one.\n"
