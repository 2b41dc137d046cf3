"""Run the trials of a study that searches, say what is going on, and write its page."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.commands.members import ADVICE
from vaeflow.pipeline.commands.shell import argument, command, quoted, shown_path
from vaeflow.pipeline.commands.tables import counted, duration, table

if TYPE_CHECKING:
    from vaeflow.pipeline.studies.running import How, Outcome
    from vaeflow.pipeline.studies.search_config import SearchConfig
    from vaeflow.pipeline.studies.searching import Search
    from vaeflow.pipeline.studies.study import Study
    from vaeflow.pipeline.studies.trial import Trial


def search(study: "Study", config: "SearchConfig", how: "How", *, only: Sequence[str], dry_run: bool) -> None:
    """Run the trials that have not ended, evaluate the best one, and write the page.

    Raises `InputError` if the search makes no sense, and `RunError` in the end if a trial has failed.
    """
    from vaeflow.pipeline.display import showing_warnings
    from vaeflow.pipeline.interruption import exiting_on_signals
    from vaeflow.pipeline.studies.members import check

    if only:
        raise InputError(f"--only {only[0]}: {study.name} is a search, which has no variants.")
    with showing_warnings():
        prepared = _prepared(study, config, how)
        check(prepared.base, how.root)
    _announce(prepared, how, each=dry_run)
    if not dry_run:
        with exiting_on_signals(lambda line: typer.echo(line, err=True), ADVICE):
            _run(prepared, how)


def _prepared(study: "Study", config: "SearchConfig", how: "How") -> "Search":
    from vaeflow.components.extras import check_installed

    check_installed("search", needed_for="search:")
    from vaeflow.pipeline.studies.searching import prepare

    return prepare(study, config, how.root)


def _announce(search: "Search", how: "How", *, each: bool) -> None:
    """How many trials there are, how many have ended, and how long the rest takes."""
    known, ended = search.trials.known(), search.trials.ended()
    number = max(search.config.trials, len(known))
    done = f", {len(ended)} of them ended" if ended else ""
    typer.secho(
        f"{search.study.name}: a search of {counted(number, 'trial')} for the best {search.config.goal}{done}",
        bold=True,
    )
    if each:
        new = [["", f"trial {place}", "", "to run"] for place in range(len(known), number)]
        typer.echo(table([*(["", trial.name, trial.run, _fate(search, trial)] for trial in known), *new]))
    if len(ended) < number:
        typer.echo(_time_left(search, ended, how) or "The time that it takes is known after the first trial.")


def _time_left(search: "Search", ended: "Sequence[Trial]", how: "How") -> str:
    from vaeflow.pipeline.studies.estimate import seconds_of_trials

    seconds = seconds_of_trials(search.study, ended, search.config.trials, how)
    return f"About {duration(seconds)} left." if seconds and seconds > 0 else ""


def _fate(search: "Search", trial: "Trial") -> str:
    """What became of a trial, in words."""
    from vaeflow.pipeline.studies.trial import DIVERGED, FINISHED, PRUNED

    goal = f"{search.config.goal} {trial.goal:.2f}"
    fates = {FINISHED: goal, PRUNED: f"pruned after epoch {trial.epochs}, {goal}", DIVERGED: "diverged"}
    return fates.get(trial.state, "to run again")


def _run(search: "Search", how: "How") -> None:
    from vaeflow.pipeline.comparison.recipe_fields import text
    from vaeflow.pipeline.studies.fields import short_names
    from vaeflow.pipeline.studies.searching import run_trials, searching

    short = short_names(search.config.ranges)

    def tell(trial: "Trial", outcome: "Outcome") -> None:
        fate = _fate(search, trial)
        if outcome.problem:
            fate = f"{fate if outcome.diverged else 'failed'}: {outcome.problem}"
        values = ", ".join(f"{short[field]} {text(value)}" for field, value in trial.values.items())
        typer.secho(f"{trial.name} ({values}): {fate}", fg="red" if outcome.problem else None)
        if time_left := _time_left(search, search.trials.ended(), how):
            typer.echo(time_left)

    started = time.monotonic()
    with searching(search, how.root):
        failed = run_trials(search, how, tell)
        _conclude(search, failed, how, started)


def _conclude(search: "Search", failed: "Sequence[Outcome]", how: "How", started: float) -> None:
    from vaeflow.pipeline.studies.found import best_of
    from vaeflow.pipeline.studies.results import BEST_RECIPE, PAGE, save_results
    from vaeflow.pipeline.studies.searching import evaluate

    best = best_of(search.trials.known())
    if best is None:
        raise RunError(f"{search.study.name}: no trial has finished, so there is nothing to show.")
    winner = evaluate(search, best, how)
    if winner.problem:
        raise RunError(f"{search.study.name}: the evaluation of {best.name} failed: {winner.problem}")
    folder = save_results(search.study, [winner, *failed], how.root, search.found(best))
    typer.echo(f"{search.study.name}: the best is {best.name}, {_fate(search, best)}.")
    typer.echo(f"  page         {shown_path(folder / PAGE)}")
    typer.echo(f"  recipe       {quoted(command('vaeflow'))} run {argument(folder / BEST_RECIPE)}")
    typer.echo(f"  numbers      {shown_path(folder)}/results.csv, .json, .tex")
    typer.echo(f"  took         {duration(time.monotonic() - started)}")
    if failed:
        names = "; ".join(outcome.member.membership.variant for outcome in failed)
        raise RunError(f"{search.study.name}: {counted(len(failed), 'trial')} failed: {names}.")
