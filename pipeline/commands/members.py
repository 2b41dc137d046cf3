"""Run the members of a study, say what is going on, and write its page."""

import os
import time
from collections.abc import Collection, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import typer

from vaeflow.models.errors import RunError
from vaeflow.pipeline.commands.shell import argument, command, quoted, shown_path
from vaeflow.pipeline.commands.tables import counted, duration, table

if TYPE_CHECKING:
    from vaeflow.pipeline.studies.running import How, Outcome
    from vaeflow.pipeline.studies.study import Study

ADVICE = "Run the same command again to go on."


def conduct(study: "Study", how: "How", *, only: Collection[str] = (), dry_run: bool = False) -> None:
    """Run the members that have no finished run, and write the page of all.

    Raises `InputError` if one of them is known to fail, and `RunError` in the end if one has failed.
    """
    from vaeflow.pipeline.display import showing_warnings
    from vaeflow.pipeline.interruption import exiting_on_signals
    from vaeflow.pipeline.studies.members import check, chosen, members
    from vaeflow.pipeline.studies.running import earlier_outcomes

    with showing_warnings():
        everyone = members(study)
        for member in (asked := chosen(everyone, only)):
            check(member, how.root)
    latest = {outcome.member.name: outcome for outcome in earlier_outcomes(everyone, how.root)}
    outcomes = [latest[member.name] for member in asked]
    _announce(study, outcomes, how, each=dry_run)
    if not dry_run:
        with exiting_on_signals(lambda line: typer.echo(line, err=True), ADVICE):
            started = time.monotonic()
            latest |= {outcome.member.name: outcome for outcome in _run_the_rest(study, outcomes, how)}
            ended = [outcome for outcome in latest.values() if outcome.run or outcome.problem]
            _conclude(study, ended, how, time.monotonic() - started)


def _announce(study: "Study", outcomes: Sequence["Outcome"], how: "How", *, each: bool) -> None:
    """How many runs there are, of which variants, how many are finished, and how long the rest takes."""
    variants = dict.fromkeys(outcome.member.membership.variant for outcome in outcomes)
    finished = sum(bool(outcome.run) for outcome in outcomes)
    counts = f"{counted(len(outcomes), 'run')}, {counted(len(variants), 'variant')} with"
    done = f", {finished} of them finished" if finished else ""
    typer.secho(f"{study.name}: {counts} {counted(study.config.seeds, 'seed')}{done}", bold=True)
    if each:
        typer.echo(table([["", f"{outcome.member.membership}", outcome.run or "to run"] for outcome in outcomes]))
    else:
        typer.echo(f"  {'; '.join(variants)}")
    if left := len(outcomes) - finished:
        typer.echo(_time_left(study, outcomes, how) or "The time that it takes is known after the first run.")
        if how.jobs == 1 and left > 1 and (os.cpu_count() or 1) > 1:  # a run of small images hardly uses a second core
            typer.echo("Runs go one after the other; --jobs 2 runs two at a time.")


def _time_left(study: "Study", outcomes: Sequence["Outcome"], how: "How") -> str:
    from vaeflow.pipeline.studies.estimate import seconds_left

    finished = [outcome.run for outcome in outcomes if outcome.run]
    left = sum(not outcome.run and not outcome.problem for outcome in outcomes)
    seconds = seconds_left(study, finished, left, how) if left else None
    return f"About {duration(seconds)} left." if seconds else ""


def _run_the_rest(study: "Study", outcomes: Sequence["Outcome"], how: "How") -> list["Outcome"]:
    """Run the members that have no finished run, and say what became of each.

    Raises `InputError` if the root cannot be written, which would make all of them fail.
    """
    from vaeflow.pipeline.failures import writing_to
    from vaeflow.pipeline.studies.running import Work, run_members
    from vaeflow.pipeline.workspace import Workspace

    latest = {outcome.member.name: outcome for outcome in outcomes}
    left = [Work(outcome.member) for outcome in outcomes if not outcome.run]
    if left:
        with writing_to(how.root):
            Workspace(how.root).prepare()
    with closing(run_members(left, how)) as ended:
        for number, outcome in enumerate(ended, len(outcomes) - len(left) + 1):
            latest[outcome.member.name] = outcome
            what = f"finished as {outcome.run}." if outcome.run else f"failed: {outcome.problem}"
            color = None if outcome.run else "red"
            typer.secho(f"{number}/{len(outcomes)}  {outcome.member.membership}: {what}", fg=color)
            if time_left := _time_left(study, list(latest.values()), how):
                typer.echo(time_left)
    return list(latest.values())


def _conclude(study: "Study", outcomes: Sequence["Outcome"], how: "How", seconds: float) -> None:
    from vaeflow.pipeline.studies.results import CURVES, PAGE, save_results

    failed = [f"{outcome.member.membership}" for outcome in outcomes if not outcome.run]
    folder = save_results(study, outcomes, how.root)
    typer.echo(f"{study.name}: {len(outcomes) - len(failed)} of {len(outcomes)} runs finished in {duration(seconds)}.")
    typer.echo(f"  page         {shown_path(folder / PAGE)}")
    typer.echo(f"  numbers      {shown_path(folder)}/results.csv, .json, .tex")
    typer.echo(f"  TensorBoard  {quoted(command('tensorboard'))} --logdir {argument(folder / CURVES)}")
    if failed:
        raise RunError(f"{study.name}: {len(failed)} of {len(outcomes)} runs failed: {'; '.join(failed)}.")
