"""`vaeflow runs`: what was run."""

import dataclasses
import json

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, AsJson, Root


def runs(as_json: AsJson = False, root: Root = DEFAULT_ROOT) -> None:
    """List the runs, the newest first."""
    from rich.console import Console
    from rich.table import Table

    from vaeflow.pipeline.commands.tables import local_time, seconds
    from vaeflow.pipeline.summary import all_runs
    from vaeflow.pipeline.workspace import Workspace

    found = all_runs(Workspace(root))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(run) for run in found], indent=2))
        return
    if not found:
        typer.echo(f"There are no runs in {root}.")
        return
    table = Table("run", "state", "started", "took", "elbo", box=None, header_style="bold")
    for run in found:
        elbo = run.metrics.get("elbo")
        table.add_row(
            run.run, run.state, local_time(run.started), seconds(run.seconds), "" if elbo is None else f"{elbo:.2f}"
        )
    Console(highlight=False).print(table)
