"""`vaeflow runs`: list the runs."""

import dataclasses
import json

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, AsJson, Root


def runs(as_json: AsJson = False, root: Root = DEFAULT_ROOT) -> None:
    """List all runs, newest first."""
    from vaeflow.pipeline.commands.tables import duration, local_time, metric, table, warn
    from vaeflow.pipeline.summary import all_runs
    from vaeflow.pipeline.workspace import Workspace

    found = all_runs(Workspace(root))
    for run in found:
        warn(run.problem)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(run) for run in found], indent=2))
        return
    if not found:
        typer.echo(f"There are no runs in {root}.")
        return
    rows = [["run", "state", "started", "took", "elbo"]]
    for run in found:
        elbo = metric("elbo", run.metrics.get("elbo", ""))
        rows.append([run.run, run.state, local_time(run.started), duration(run.seconds), elbo])
    typer.echo(table(rows))
