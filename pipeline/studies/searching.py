"""Run the trials of a search, each an ordinary run up to train."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from filelock import Timeout

from vaeflow.components.train import train
from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.entities import Membership
from vaeflow.pipeline.failures import writing_to
from vaeflow.pipeline.recipes import Recipe
from vaeflow.pipeline.studies.evaluated import Evaluated
from vaeflow.pipeline.studies.found import Found, recipe_of
from vaeflow.pipeline.studies.goals import alternatives, integer_fields
from vaeflow.pipeline.studies.members import BEST, VARIANT, Variant, member_of, members, steps
from vaeflow.pipeline.studies.running import How, Outcome, Work, earlier_outcomes, run_members
from vaeflow.pipeline.studies.search_config import SearchConfig
from vaeflow.pipeline.studies.study import Study
from vaeflow.pipeline.studies.trial import Trial
from vaeflow.pipeline.studies.trials import Trials, identity
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace

TRAIN = train.__name__
FILE = "optuna.sqlite"


class Search(NamedTuple):
    """A study that searches: its search, the recipe without any searched value, and the trials under the root."""

    study: Study
    config: SearchConfig
    base: Recipe
    trials: Trials

    def member(self, trial: Trial, name: str = "") -> Recipe:
        """The recipe of a trial, as a member of the study that is called `name`, by default like the trial.

        Raises `InputError` if its values do not suit each other.
        """
        variant = Variant({VARIANT: name or trial.name}, {**self.study.config.set, **trial.values})
        return member_of(self.study, variant, self.config.seed)

    def found(self, best: Trial) -> Found:
        """What was found, if this is the best trial."""
        recipe = recipe_of(self.study, self.config, best, self.member(best).config.train)
        return Found(self.config, self.trials.ended(), best, recipe, self.trials.importance)


def prepare(study: Study, config: SearchConfig, root: Path) -> Search:
    """The search under a root, where nothing is written yet. Raises `InputError` if the search makes no sense."""
    (base,) = members(study)
    others = alternatives(study, config)
    integers = integer_fields(config, base.config, others)
    file = Workspace(root).root / "studies" / study.name / FILE
    key = identity(config, base.config, chain(*others.values()), steps(base, TRAIN))
    return Search(study, config, base, Trials(config, integers, key, file))


@contextmanager
def searching(search: Search, root: Path) -> Iterator[None]:
    """Hold the right to run the trials. Raises `RunError` if another process has it."""
    workspace = Workspace(root)
    with writing_to(root):
        workspace.prepare()
        search.trials.file.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = workspace.search_lock(search.study.name).acquire(timeout=0)
    except Timeout:
        raise RunError(f"{search.study.name}: another process runs this search in {root}; wait for it.") from None
    with lock:
        yield


def run_trials(search: Search, how: How, tell: Callable[[Trial, Outcome], None]) -> list[Outcome]:
    """Run the trials that are open, and new ones, and return those that failed, which stay open.

    `tell` is called with each as it ends.
    """
    return _Trials(search, how, tell).run()


def evaluate(search: Search, best: Trial, how: How) -> Outcome:
    """The run that evaluates the best trial on the test images; the one that there is, or a new one."""
    winner = search.member(best, BEST)
    (outcome,) = earlier_outcomes([winner], how.root)
    if outcome.run:
        return outcome
    with closing(run_members([Work(winner)], how)) as ended:
        return next(ended)


class _Trials:
    def __init__(self, search: Search, how: How, tell: Callable[[Trial, Outcome], None]) -> None:
        self.search = search
        self.how = how
        self.tell = tell
        self.running: dict[str, Trial] = {}
        self.failed: list[Outcome] = []

    def run(self) -> list[Outcome]:
        with closing(run_members(self._work(), self.how)) as ended:
            for outcome in ended:
                self._end(self.running.pop(outcome.member.name), outcome)
        return self.failed

    def _work(self) -> Iterator[Work]:
        """The trials whose run is not there already, for example because a kill left it without its record."""
        for trial in self.search.trials.asked():
            try:
                member = self.search.member(trial)
            except InputError as error:
                membership = Membership(self.search.study.name, trial.name, self.search.config.seed)
                self._end(trial, Outcome(self.search.base._replace(membership=membership), problem=str(error)))
                continue
            (earlier,) = earlier_outcomes([member], self.how.root, TRAIN)
            if earlier.run:
                self._end(trial, earlier)
            else:
                self.running[member.name] = trial
                yield Work(member, TRAIN, self.search.trials.pruning(trial, member.config.train.epochs))

    def _end(self, trial: Trial, outcome: Outcome) -> None:
        if outcome.diverged:
            self.search.trials.diverge(trial)
        elif outcome.problem:
            self.failed.append(outcome)
        elif outcome.pruned:
            self.search.trials.end(trial, outcome.run, None, {})
        else:
            self.search.trials.end(trial, outcome.run, *self._goal_and_curve(outcome))
        self.tell(self.search.trials.known()[trial.number], outcome)

    def _goal_and_curve(self, outcome: Outcome) -> tuple[float, dict[int, float]]:
        """The goal in the epoch whose model was kept, and after each epoch of the main phase."""
        workspace = Workspace(self.how.root)
        run = Evaluated(outcome.member.membership, summary(workspace, find_run(workspace, outcome.run)))
        epochs, goal = run.history["epochs"], self.search.config.goal
        curve = {epoch["epoch"]: epoch[goal] for epoch in epochs[run.history["pretraining"] :]}
        return curve[run.history["best_epoch"]], curve
