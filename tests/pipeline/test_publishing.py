"""Publishing, as the last step of a run and as a command, on a toy export."""

import csv
import re
import shlex
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from vaeflow.components.evaluation.report import page
from vaeflow.models.errors import InputError
from vaeflow.pipeline.commands.serving import print_serving, serve_published
from vaeflow.pipeline.exported import exported_by
from vaeflow.pipeline.summary import all_runs, find_run, summary
from vaeflow.pipeline.workspace import Workspace


@pytest.fixture
def run(toy, tmp_path):
    """Run the toy export of a program and publish it to `served`; give the states of both steps."""

    def publish(program, root=tmp_path / "runs"):
        served = tmp_path / "served"
        toy.toy_run(root, plan=toy.PUBLISHING, export={"program": program}, publish={"to": served})
        return [step.state for step in all_runs(Workspace(root))[0].steps]

    return publish


def versions(folder):
    found = sorted((folder / "toy-decoder").iterdir(), key=lambda version: int(version.name))
    return [(version / "saved_model.pb").read_text().removeprefix("decoder ") for version in found]


def test_after_a_run_the_newest_version_is_its_own_even_if_its_export_is_cached(run, tmp_path):
    assert [run(program) for program in ("one", "two", "one")] == [
        ["done", "done"],
        ["done", "done"],
        ["cached", "done"],
    ]
    assert versions(tmp_path / "served") == ["one", "two", "one"]


def test_the_same_content_is_not_published_twice_in_a_row(run, tmp_path):
    for _ in range(2):
        run("one")
    assert versions(tmp_path / "served") == ["one"]
    newest, first = all_runs(Workspace(tmp_path / "runs"))
    assert [step.steps[1].artifact.properties["added"] for step in (first, newest)] == [True, False]


@pytest.mark.parametrize("content", ["", "decoder 0ne"])
def test_a_damaged_export_is_made_again_before_it_is_published(run, tmp_path, content):
    run("one")
    (file,) = tmp_path.glob("runs/artifacts/export-*/decoder/1/saved_model.pb")
    file.write_text(content)
    assert run("one") == ["done", "done"]
    assert versions(tmp_path / "served") == ["one"]


def test_a_folder_that_cannot_be_written_fails_the_run_and_is_named(run, tmp_path):
    (tmp_path / "served").touch()
    with pytest.raises(InputError, match=f"publish failed in run toy-1: Cannot publish to {tmp_path / 'served'}: "):
        run("one")


def test_the_command_publishes_the_export_of_any_run(run, vaeflow):
    for program in ("one", "two"):
        run(program, vaeflow.folder / "runs")
    done = vaeflow("publish", "toy-1", "--to", "other")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("toy-1: added version 1 of toy to other.\n")
    vaeflow("publish", "toy-2", "--to", "other")
    assert vaeflow("publish", "toy-2", "--to", "other").stdout.startswith(
        "toy-2: version 2 of toy in other is already this one.\n"
    )
    assert versions(vaeflow.folder / "other") == ["one", "two"]


def test_the_command_publishes_to_a_folder_whose_name_cannot_be_printed(run, vaeflow):
    run("one", vaeflow.folder / "runs")
    vaeflow.environment |= {"PYTHONIOENCODING": "utf-8:strict"}
    done = vaeflow("publish", "latest", "--to", "q\udc80x")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(r"toy-1: added version 1 of toy to q\udc80x.")
    assert versions(vaeflow.folder / "q\udc80x") == ["one"]


def test_the_command_publishes_nothing_among_the_runs(run, vaeflow):
    run("one", vaeflow.folder / "runs")
    done = vaeflow("publish", "latest", "--to", "runs/artifacts")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: Cannot publish to runs/artifacts: expected a folder outside ")


def test_an_export_with_a_changed_file_is_neither_published_nor_sampled(run, tmp_path):
    run("one")
    (file,) = tmp_path.glob("runs/artifacts/export-*/encoder/1/saved_model.pb")
    file.write_text("encoder 0ne")
    workspace = Workspace(tmp_path / "runs")
    with pytest.raises(
        InputError, match=r"^toy-1: the export is damaged: .*encoder/1/saved_model\.pb has the expected"
    ):
        exported_by(workspace, find_run(workspace, "toy-1"))


def printed_by(root, capsys):
    workspace = Workspace(root)
    print_serving(summary(workspace, find_run(workspace, "latest")), root)
    return [shlex.split(line.split(maxsplit=1)[1]) for line in capsys.readouterr().out.splitlines()]


def mounts(command):
    """The folders and files outside the container, by their paths inside."""
    lines = [value for option, value in pairwise(command) if option == "--mount"]
    found = [dict(field.split("=", 1) for field in next(csv.reader([line], strict=True))) for line in lines]
    assert {mount["type"] for mount in found} == {"bind"}
    return {mount["target"]: Path(mount["source"]) for mount in found}


@pytest.mark.parametrize("name", ["a b", "a:b", "a,b", "it's", 'a"b', "a=b", "a\\b\nc'd", "caf\udce9", "\u200b"])
def test_the_commands_to_serve_are_lines_for_any_folder(tmp_path, capsys, name):
    serve_published(tmp_path / name, "a")
    serve, _, docker = map(words, capsys.readouterr().out.splitlines())
    assert serve[1:] == ["serve", str(tmp_path / name)]
    assert mounts(docker) == {"/models": tmp_path / name}


def words(line):
    """The words that a shell reads in a printed command."""
    assert line.isprintable()
    script = f"printf '%s\\0' {line.split(maxsplit=1)[1]}"
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode(errors="surrogateescape").split("\0")[:-1]


def test_a_run_ends_with_the_commands_that_serve_its_export(toy, tmp_path, capsys):
    toy.toy_run(tmp_path, plan=toy.PUBLISHING[:1])
    serve, request, docker = printed_by(tmp_path, capsys)
    assert serve[1:] == ["serve", "toy-1", "--root", str(tmp_path)]
    (export,) = tmp_path.glob("artifacts/export-*")
    assert mounts(docker) == {
        "/models/toy-decoder": export / "decoder",
        "/models/toy-encoder": export / "encoder",
        "/models/models.config": export / "models.config",
    }
    assert docker[-1] == "--model_config_file=/models/models.config"
    assert request[1].endswith("/v1/models/toy-decoder:predict")


def test_the_report_gives_the_commands_that_serve_what_is_published(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    serve_published(Path("served"), "NAME")
    expected = [shlex.split(line.split(maxsplit=1)[1]) for line in capsys.readouterr().out.splitlines()]
    expected[0][0] = "vaeflow"  # here it is perhaps its path
    block = re.search("<pre>(.*?)</pre>", Path(page.__file__).with_name("report.html").read_text(), re.DOTALL)[1]
    publish, *shown = (line for line in block.splitlines() if not line.startswith("{%"))
    assert publish == "vaeflow publish RUN --to served"
    assert [shlex.split(line.replace("$PWD", str(tmp_path))) for line in shown] == expected


def test_a_run_that_published_ends_with_the_commands_that_serve_the_newest_version(run, tmp_path, capsys):
    run("one")
    serve, _, docker = printed_by(tmp_path / "runs", capsys)
    assert serve[1:] == ["serve", str(tmp_path / "served")]
    assert mounts(docker) == {"/models": tmp_path / "served"}
    config = tmp_path / "served" / docker[-1].removeprefix("--model_config_file=/models/")
    served = re.findall('base_path: "/models/(.*)"', config.read_text())
    assert served == ["toy-decoder", "toy-encoder"]
    assert all((tmp_path / "served" / name / "1" / "saved_model.pb").is_file() for name in served)
