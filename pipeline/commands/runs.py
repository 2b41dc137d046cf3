"""`vaeflow runs`: list the runs."""

import dataclasses
import json
from collections.abc import Mapping

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, AsJson, Root

WIDTH = 80
"""Maximum width of the fields that differ; those that do not fit are counted."""


def runs(as_json: AsJson = False, root: Root = DEFAULT_ROOT) -> None:
    """List all runs, newest first, with the fields in which their recipes differ from the most common values."""
    from vaeflow.pipeline.commands.tables import duration, local_time, metric, table, warn
    from vaeflow.pipeline.comparison.recipe_fields import distinguishing, fields
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
    rows = [["run", "state", "started", "took", "elbo", "differs in"]]
    recipes = distinguishing([fields(run.config) for run in found])
    for run, different in zip(found, recipes, strict=True):
        elbo = metric("elbo", run.metrics.get("elbo", ""))
        rows.append([run.run, run.state, local_time(run.started), duration(run.seconds), elbo, _short(different)])
    typer.echo(table(rows))


def _short(fields: Mapping[str, str]) -> str:
    """The first of the fields, as `--set` takes them, and the number of the others."""
    shown: list[str] = []
    for name, value in fields.items():
        if shown and len(" ".join((*shown, f"{name}={value}"))) > WIDTH:
            return " ".join((*shown, f"and {len(fields) - len(shown)} more"))
        shown.append(f"{name}={value}")
    return " ".join(shown)
