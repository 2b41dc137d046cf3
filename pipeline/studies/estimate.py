"""How long the rest of a study will take."""

from collections.abc import Sequence
from statistics import fmean

from vaeflow.pipeline.studies.members import variants
from vaeflow.pipeline.studies.running import How
from vaeflow.pipeline.studies.study import Study
from vaeflow.pipeline.studies.trial import Trial
from vaeflow.pipeline.summary import runs_in
from vaeflow.pipeline.workspace import Workspace

COUNTED = ("train", "evaluate")
"""The steps that each member executes; the others are executed once for all."""


def seconds_of(run: str, workspace: Workspace) -> float | None:
    """The time that a finished run took for its own steps; None if it reused one of them."""
    executions = [each for each in workspace.store.executions(run) if each.step in COUNTED]
    if len(executions) < len(COUNTED) or any(each.state != "done" for each in executions):
        return None
    return sum((each.finished or 0) - (each.started or 0) for each in executions)


def seconds_left(study: Study, finished: Sequence[str], left: int, how: How) -> float | None:
    """The time for as many of the members; None if it is not known before the first has ended.

    It follows from the finished runs, or else from what the study says of all its members, one after the other.
    """
    workspace = Workspace(how.root)
    known = [seconds for run in finished if (seconds := seconds_of(run, workspace)) is not None]
    return _estimate(study, known, len(variants(study.config)) * study.config.seeds, left, how)


def seconds_of_trials(study: Study, trials: Sequence[Trial], number: int, how: How) -> float | None:
    """The time for the rest of a search with this number of trials, like `seconds_left`, from the trials so far."""
    made = {trial.run for trial in trials if trial.run}
    runs = [run for run in runs_in(Workspace(how.root)) if run.id in made] if made else []
    known = [run.finished - run.started for run in runs if run.finished and run.started]
    return _estimate(study, known, number, number - len(made), how)


def _estimate(study: Study, known: Sequence[float], number: int, left: int, how: How) -> float | None:
    """The time for some of a number of runs, from the known times of others or from that of the whole study."""
    if known:
        return fmean(known) * left / how.jobs
    if study.config.minutes is None or study.changes or study.quick:
        return None
    return study.config.minutes * 60 * left / number / how.jobs
