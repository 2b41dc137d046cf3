"""The command line, as users see it."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

import vaeflow as package
from tests.pipeline.imported import modules_after
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.plan import PLAN, select
from vaeflow.pipeline.recipes import RECIPES

COMMANDS = (
    *(
        "run",
        "recipes",
        "runs",
        "show",
        "compare",
        "study",
        "studies",
        "sweep",
        "sample",
        "explore",
        "publish",
        "serve",
    ),
    *("encode", "reconstruct", "classify", "score", "verify", "gc", "kubeflow"),
)
STEPS = [step.name for step in select(PLAN, PipelineConfig())]


def test_help_names_the_commands_and_imports_nothing_heavy(tmp_path, vaeflow):
    printed = vaeflow("--help").stdout
    assert all(command in printed for command in COMMANDS)
    assert not modules_after(tmp_path, "--help") & {"pydantic", "numpy", "tensorflow", "apache_beam", "yaml", "sqlite3"}


def test_version(vaeflow):
    assert vaeflow("--version").stdout == f"vaeflow {package.__version__}\n"


def test_recipes_are_listed_with_their_descriptions(vaeflow):
    printed = vaeflow("recipes").stdout
    assert re.search(r"^  mnist5k +A VAE on the 5,000 real MNIST digits", printed, re.MULTILINE)
    groups = [dict(line.split(maxsplit=1) for line in part.splitlines()[1:]) for part in printed.strip().split("\n\n")]
    assert len(groups) > 4
    assert all(2 < len(group) < 20 for group in groups)
    assert sorted(name for group in groups for name in group) == sorted(RECIPES.packaged())


def test_the_schema_is_that_of_the_configuration(vaeflow):
    assert json.loads(vaeflow("recipes", "--schema").stdout) == PipelineConfig.model_json_schema()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "mnist5"], "error: mnist5: no such recipe. Did you mean 'mnist5k'?"),
        (["run", "--set", "train.epoch=3"], "error: train.epoch: no such field. Did you mean 'train.epochs'?"),
        (["run", "--beam-arg=--runner=dask"], "error: Beam option --runner=dask: Beam's DaskRunner loses elements"),
        (["run", "--root", ""], "error: --root: expected a path, got an empty one."),
        (["run", "--root", "~nouser/x"], "error: --root: ~nouser is no home folder: no such user"),
        (["publish", "latest", "--to", ""], "error: --to: expected a path, got an empty one."),
        (["publish", "", "--to", "served"], "error: RUN: expected the id of a run, or 'latest', got an empty text."),
        (["publish", "latest", "--to", "gs://bucket"], "error: --to: expected a local path, got a URL, 'gs://bucket'"),
        (["runs", "--root", "/dev/null"], "error: /dev/null: expected a folder, got a device."),
        (["run", "--set", "publish.to=/dev/null"], "error: Cannot publish to /dev/null: expected a folder, got a dev"),
        (["run", "--until", "trian"], "error: --until trian: no such step. Did you mean 'train'?"),
        (["run", "--root", "/proc/nothing"], "error: --root /proc/nothing: cannot be written: "),
        (["run", "--set", "ingest.source=folder:nowhere"], "error: ingest.source: nowhere does not exist"),
        (["show", "latest"], "error: latest: there are no runs in "),
        (["sample", "latest"], "error: latest: there are no runs in "),
        (["sample", "latest", "-n", "0"], "Usage: "),
        (["frobnicate"], "Usage: "),
    ],
)
def test_invalid_input_is_reported_in_one_line_with_exit_code_2(vaeflow, arguments, message):
    done = vaeflow.refusal(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_output_that_no_disk_has_room_for_is_named(vaeflow):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "vaeflow", "runs"]
        done = subprocess.run(command, cwd=vaeflow.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "error: The output cannot be written: No space left on device.\n")


@pytest.mark.parametrize("statement", ["", "PRAGMA journal_mode = WAL"])
def test_a_store_that_was_killed_before_it_had_tables_has_no_runs(vaeflow, statement):
    (vaeflow.folder / "runs").mkdir()
    with closing(sqlite3.connect(vaeflow.folder / "runs" / "metadata.sqlite")) as db:
        db.execute(statement)
    for command in (["runs"], ["gc", "--dry-run"]):
        assert vaeflow(*command).stdout == "There are no runs in runs.\n"


def test_a_root_without_runs_is_no_error_and_stays_unchanged(vaeflow):
    assert vaeflow("runs").stdout == "There are no runs in runs.\n"
    assert json.loads(vaeflow("runs", "--json").stdout) == []
    assert list(vaeflow.folder.iterdir()) == []


def test_ctrl_c_while_the_command_is_imported_prints_nothing(vaeflow):
    code = (
        "import os, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "from vaeflow.pipeline.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell ignores it in the background
        "sys.meta_path.insert(0, Interrupting()); sys.argv[0] = 'vaeflow'; main()"
    )
    command = [sys.executable, "-c", code, "recipes"]
    done = subprocess.run(command, cwd=vaeflow.folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_run_reports_its_progress_and_then_where_its_outputs_are(finished):
    assert finished.printed.returncode == 0
    logged = finished.printed.stderr.splitlines()
    events = [line.partition(" in ")[0] for line in logged if line.partition(":")[0] in STEPS]
    assert sorted(events) == sorted(f"{step}: {what}" for step in STEPS for what in ("started", "done"))
    for step in PLAN[: len(STEPS)]:
        for needed in step.needs:
            assert events.index(f"{needed.__name__}: done") < events.index(f"{step.name}: started")
    assert not [line for line in logged if "absl" in line or "apitools" in line or "Traceback" in line]

    head, *outputs = finished.printed.stdout.splitlines()
    assert head.startswith("small-1 finished in ")
    metrics = json.loads(finished("show", "small-1", "--json").stdout)["metrics"]
    assert re.search(rf"^  ELBO +{metrics['elbo']:.2f} +nats per image$", finished.printed.stdout, re.MULTILINE)
    listed = {words[0]: words[1:] for words in map(str.split, outputs)}
    assert (finished.folder / listed["report"][-1]).is_file()
    assert list((finished.folder / listed["TensorBoard"][-1]).rglob("events.out.tfevents.*"))
    assert (finished.folder / listed["decoder"][-1] / "1" / "saved_model.pb").is_file()
    assert listed["sample"][1:3] == ["sample", "small-1"]
    assert listed["serve"][1:] == ["serve", "small-1"]
    assert listed["production"][0] == "docker"
    assert listed["request"][0] == "curl"


def test_a_second_run_is_cached_and_imports_neither_tensorflow_nor_beam(finished):
    modules = modules_after(finished.folder, "run", "small.yaml")
    assert not modules & {"tensorflow", "keras", "tensorflow_datasets", "sklearn", "matplotlib", "apache_beam"}
    shown = json.loads(finished("show", "latest", "--json").stdout)
    assert [(step["step"], step["state"], step["cached"]) for step in shown["steps"]] == [
        (step, "cached", True) for step in STEPS
    ]


def test_show_prints_steps_artifacts_metrics_and_lineage(finished):
    shown = json.loads(finished("show", "small-1", "--json").stdout)
    assert (shown["run"], shown["recipe"], shown["state"]) == ("small-1", "small", "done")
    assert sorted(step["step"] for step in shown["steps"]) == sorted(STEPS)
    assert shown["metrics"]["elbo"] < 0
    assert shown["config"]["ingest"]["source"] == "digits"
    paths = {step["step"]: step["artifact"]["path"] for step in shown["steps"]}
    assert all(Path(path).is_dir() for path in paths.values())
    inputs = {step["step"]: step["artifact"]["inputs"] for step in shown["steps"]}
    assert inputs["export"] == [paths["train"], paths["evaluate"]]

    text = finished("show", "small-1").stdout
    assert re.search(r"elbo +-\d+\.\d\d +nats per image +higher is better", text)
    assert all(path in text for path in paths.values())
    assert shown["classes"] == list("0123456789")
    assert re.search(r"^classes\n +0 +0\n +1 +1\n", text, re.MULTILINE)


def test_runs_are_listed_newest_first(finished):
    finished("run", "small.yaml", "--until", "ingest")
    listed = json.loads(finished("runs", "--json").stdout)
    assert listed[-1]["run"] == "small-1"
    assert [line.split()[0] for line in finished("runs").stdout.splitlines()[1:]] == [run["run"] for run in listed]


def test_an_unknown_run_is_reported_with_the_closest_name(finished):
    done = finished("show", "smal-1")
    assert done.returncode == 2
    assert "Did you mean 'small-1'?" in done.stderr


@pytest.mark.full
def test_samples_are_written_as_one_picture(finished):
    done = finished("sample", "small-1", "-n", 5, "--seed", 1, "-o", "samples.png")
    assert (done.returncode, done.stdout, done.stderr) == (0, "samples.png\n", "")
    with Image.open(finished.folder / "samples.png") as picture:
        assert picture.size == (2 + 3 * 10, 2 + 2 * 10)  # 8×8 each, margins of 2


def test_a_run_until_train_ends_with_where_the_model_is_and_cannot_be_sampled(finished):
    printed = finished("run", "small.yaml", "--until", "train").stdout
    run, artifact = printed.split()[0], re.search(r"^  train +(.*)$", printed, re.MULTILINE)[1]
    assert (finished.folder / artifact / "model.keras").is_file()
    done = finished("sample", run)
    assert done.returncode == 2
    assert done.stderr == f"error: {run}: the run has not exported a decoder; its state is 'done'.\n"


@pytest.mark.full
def test_a_missed_threshold_fails_the_run_and_is_named(finished):
    done = finished("run", "small.yaml", "--set", "evaluate.require={elbo: '>= 0'}")
    assert done.returncode == 1
    assert "error: export failed in run small-" in done.stderr
    assert "elbo is -" in done.stderr
    assert "required >= 0" in done.stderr
    *_, advice = done.stderr.splitlines()
    assert "same command" not in advice
    report = re.search(r"Next: see (\S+/report\.html) and improve .* or change evaluate\.require\.elbo;", advice)[1]
    assert Path(report).is_file()
    shown = json.loads(finished("show", "latest", "--json").stdout)
    states = {step["step"]: step["state"] for step in shown["steps"]}
    assert states == {
        **dict.fromkeys(("ingest", "preprocess", "features", "train"), "cached"),
        "evaluate": "done",
        "export": "failed",
    }
