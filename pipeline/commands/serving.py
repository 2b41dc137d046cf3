"""The commands that serve exported or published models: here, and with TensorFlow Serving."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vaeflow.components.serving.names import DECODER, ROLES, roles_of, served_names
from vaeflow.pipeline.commands.options import DEFAULT_ROOT
from vaeflow.pipeline.commands.shell import command, quoted, shown_path

if TYPE_CHECKING:
    from vaeflow.pipeline.summary import RunSummary

PORT, GRPC_PORT = 8501, 8500


def print_serving(run: "RunSummary", root: Path, heading: str = "") -> None:
    """Print the commands that serve what a run has published, or else exported, if its files and its record are there.

    The names in a damaged record could be those of other models, or of other folders.
    """
    recorded = [step for step in run.steps if not step.problem]
    made = {step.step: step.artifact for step in recorded if step.artifact and not step.artifact.removed}
    if "export" not in made:
        return
    if heading:
        typer.secho(heading, bold=True)
    exported = made["export"].properties
    name, roles = str(exported["name"]), roles_of(exported)
    if "publish" in made:
        serve_published(Path(str(made["publish"].properties["folder"])), name, roles)
    else:
        chosen_root = [] if root == DEFAULT_ROOT else ["--root", str(shown_path(root))]
        _serve_exported([run.run, *chosen_root], Path(made["export"].path), served_names(name, roles))


def serve_published(folder: Path, name: str, roles: Iterable[str] = ROLES) -> None:
    """Print the commands that serve the newest version in a folder, and the following ones."""
    _print([str(folder)], served_names(name, roles), {folder: "/models"}, f"/models/{name}.config")


def _serve_exported(run: Sequence[str], folder: Path, names: Mapping[str, str]) -> None:
    served = {folder / role: f"/models/{model}" for role, model in names.items()}
    config = "/models/models.config"
    _print(run, names, served | {folder / "models.config": config}, config)


def _print(models: Sequence[str], names: Mapping[str, str], volumes: Mapping[Path, str], config: str) -> None:
    docker = ["docker", "run", "-p", f"{PORT}:{PORT}"]
    for outside, inside in volumes.items():
        docker += ["--mount", _mount(outside.absolute(), inside)]
    docker += ["tensorflow/serving", f"--model_config_file={config}"]
    request = {"request": _request(names[DECODER])} if DECODER in names else {}
    serve = [command("vaeflow"), "serve", *models]
    for what, words in {"serve": serve, **request, "production": docker}.items():
        typer.echo(f"  {what:<11}  {' '.join(map(quoted, words))}")


def _request(decoder: str) -> list[str]:
    body = json.dumps({"signature_name": "sample", "inputs": {"n": 16, "seed": 0, "temperature": 1.0}})
    return ["curl", f"http://localhost:{PORT}/v1/models/{decoder}:predict", "-d", body]


def _mount(outside: Path, inside: str) -> str:
    """A bind mount as Docker reads it: one line of CSV, in which the path may contain a comma or a colon."""
    line = io.StringIO()
    csv.writer(line).writerow(["type=bind", f"source={outside}", f"target={inside}"])
    return line.getvalue().removesuffix("\r\n")
