"""`vaeflow show`: one run in full."""

import dataclasses
import json
from typing import TYPE_CHECKING

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, AsJson, Root, Run

if TYPE_CHECKING:
    from rich.console import Console

    from vaeflow.pipeline.summary import RunSummary


def show(run: Run, as_json: AsJson = False, root: Root = DEFAULT_ROOT) -> None:
    """Show a run: its steps, artifacts, metrics and lineage."""
    from rich.console import Console

    from vaeflow.pipeline.summary import find_run, summary
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    found = summary(workspace, find_run(workspace, run))
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), indent=2))
        return
    console = Console(highlight=False, soft_wrap=True, markup=False)
    _print_head(console, found)
    _print_steps(console, found)
    _print_metrics(console, found)


def _print_head(console: "Console", run: "RunSummary") -> None:
    from vaeflow.pipeline.commands.tables import local_time, seconds

    console.print(f"{run.run}: {run.state}, started {local_time(run.started)} {seconds(run.seconds)}".rstrip())
    if run.error:
        console.print(run.error, style="red")
    console.print(f"log {run.log}\n")


def _print_steps(console: "Console", run: "RunSummary") -> None:
    from vaeflow.pipeline.commands.tables import metric, seconds

    for step in run.steps:
        console.print(f"{step.step:10}  {step.state:11}  {seconds(step.seconds)}", style="bold")
        if step.artifact is None:
            continue
        console.print(f"  {step.artifact.kind} {step.artifact.path}")
        if step.artifact.inputs:
            console.print(f"  made from {', '.join(folder.rpartition('/')[2] for folder in step.artifact.inputs)}")
        if step.artifact.made_by != run.run:
            console.print(f"  made by run {step.artifact.made_by}")
        for name, value in step.artifact.properties.items():
            console.print(f"  {name}: {metric(value)}")


def _print_metrics(console: "Console", run: "RunSummary") -> None:
    from vaeflow.pipeline.commands.tables import metric

    if run.metrics:
        console.print("\nmetrics", style="bold")
    for name, value in run.metrics.items():
        console.print(f"  {name:32}  {metric(value)}")
