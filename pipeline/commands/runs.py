"""`vaeflow runs`: list the runs."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, AsJson, Root

if TYPE_CHECKING:
    from vaeflow.pipeline.summary import RunSummary

WIDTH = 80
"""Maximum width of the fields that differ; those that do not fit are counted."""


def runs(as_json: AsJson = False, root: Root = DEFAULT_ROOT) -> None:
    """List all runs, newest first and those of a study together, with the fields in which their recipes differ."""
    from vaeflow.pipeline.commands.tables import table, warn
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
    for study in dict.fromkeys(run.study for run in sorted(found, key=lambda run: bool(run.study))):
        if study:
            typer.secho(f"\nstudy {study}", bold=True)
        typer.echo(table(_rows([run for run in found if run.study == study])))


def _rows(found: "Sequence[RunSummary]") -> list[list[str]]:
    """A row for each run, with the fields in which its recipe is not like most of the others."""
    from vaeflow.pipeline.commands.tables import duration, local_time, metric
    from vaeflow.pipeline.comparison.recipe_fields import distinguishing, fields

    rows = [["run", "state", "started", "took", "elbo", "differs in"]]
    for run, different in zip(found, distinguishing([fields(run.config) for run in found]), strict=True):
        elbo = metric("elbo", run.metrics.get("elbo", ""))
        rows.append([run.run, run.state, local_time(run.started), duration(run.seconds), elbo, _short(different)])
    return rows


def _short(fields: Mapping[str, str]) -> str:
    """The first of the fields, as `--set` takes them, and the number of the others."""
    shown: list[str] = []
    for name, value in fields.items():
        if shown and len(" ".join((*shown, f"{name}={value}"))) > WIDTH:
            return " ".join((*shown, f"and {len(fields) - len(shown)} more"))
        shown.append(f"{name}={value}")
    return " ".join(shown)
