"""`vaeflow runs`: list the runs."""

import dataclasses
import json

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, AsJson, Root


def runs(as_json: AsJson = False, root: Root = DEFAULT_ROOT) -> None:
    """List all runs, newest first, with the fields in which a recipe is not like most of the others."""
    from vaeflow.pipeline.commands.tables import duration, local_time, metric, table, warn
    from vaeflow.pipeline.comparison.recipe_fields import distinguishing, fields
    from vaeflow.pipeline.summary import all_runs
    from vaeflow.pipeline.values import shortened
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
    rows = [["run", "state", "started", "took", "elbo", "differs in"]]
    recipes = distinguishing([fields(run.config) for run in found])
    for run, different in zip(found, recipes, strict=True):
        elbo = metric("elbo", run.metrics.get("elbo", ""))
        differs = shortened(" ".join(f"{name}={value}" for name, value in different.items()))
        rows.append([run.run, run.state, local_time(run.started), duration(run.seconds), elbo, differs])
    typer.echo(table(rows))
