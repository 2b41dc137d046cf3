"""`vaeflow show`: show one run in detail."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vaeflow.pipeline.commands.findings import print_findings
from vaeflow.pipeline.commands.options import DEFAULT_ROOT, AsJson, Root, Run
from vaeflow.pipeline.commands.tables import duration, local_time, metric, metric_rows, table, warn

if TYPE_CHECKING:
    from vaeflow.pipeline.summary import ArtifactSummary, RunSummary


def show(run: Run, as_json: AsJson = False, root: Root = DEFAULT_ROOT) -> None:
    """Show a run: its steps, artifacts, metrics, findings and lineage."""
    from vaeflow.pipeline.summary import find_run, summary
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    found = summary(workspace, find_run(workspace, run))
    warn(found.problem)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), indent=2))
    else:
        _print(found, root)


def _print(run: "RunSummary", root: Path) -> None:
    from vaeflow.pipeline.commands.serving import print_serving

    typer.secho(f"{run.run}  {run.state}  {local_time(run.started)}  {duration(run.seconds)}", bold=True)
    typer.echo(f"log {run.log}")
    if run.error:
        typer.secho(run.error, fg="red")
    for step in run.steps:
        typer.secho(f"\n{step.step}  {step.state}  {duration(step.seconds)}", bold=True)
        if step.artifact is not None:
            _print_artifact(step.artifact, run)
    if run.classes:
        typer.secho("\nclasses", bold=True)
        typer.echo(table([["", str(number), name] for number, name in enumerate(run.classes)]))
    if run.metrics:
        typer.secho("\nmetrics", bold=True)
        typer.echo(table(metric_rows(run.metrics)))
    if run.findings:
        typer.secho("\nfindings", bold=True)
        print_findings(run.findings)
    print_serving(run, root, heading="\nserving")


def _print_artifact(artifact: "ArtifactSummary", run: "RunSummary") -> None:
    rows = [["", artifact.kind, f"{artifact.path}{' (removed)' if artifact.removed else ''}"]]
    if artifact.inputs:
        rows.append(["", "made from", ", ".join(folder.rpartition("/")[2] for folder in artifact.inputs)])
    if artifact.made_by != run.run:
        rows.append(["", "made by", artifact.made_by])
    if artifact.kind == "Model" and (start := run.config.get("train", {}).get("start_from")):
        rows.append(["", "starts from", start])
    rows += [["", name, metric(name, value)] for name, value in artifact.properties.items()]
    typer.echo(table(rows))
