"""The trials of a search, which Optuna chooses and keeps in a SQLite file, so that they survive a kill.

TPE chooses the values (Bergstra et al. 2011). A trial is pruned after an epoch in which its best value so far is worse
than the median of earlier trials at that epoch (Golovin et al. 2017, §3.2), but not at its beginning.
"""

import hashlib
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from vaeflow.components.training.history import History, Pruned
from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.fingerprint import cache_key, code_digest
from vaeflow.pipeline.plan import Plan
from vaeflow.pipeline.studies.search_config import Range, SearchConfig
from vaeflow.pipeline.studies.trial import DIVERGED, FINISHED, OPEN, PRUNED, Trial

DIGITS = 4
"""Number of significant digits of chosen numbers."""
SPARED = 4
"""Trials are not pruned in the first one of so many parts of their epochs."""
SQLITE = "sqlite://"
STATES = {TrialState.COMPLETE: FINISHED, TrialState.PRUNED: PRUNED, TrialState.FAIL: DIVERGED}
RUN = "run"
"""The attribute of Optuna's trials that is the id of its run."""

optuna.logging.set_verbosity(optuna.logging.WARNING)


def identity(search: SearchConfig, base: PipelineConfig, others: Iterable[PipelineConfig], plan: Plan) -> str:
    """Digest of all that trials depend on: the search but for their number, the recipe, and the code of their steps.

    `others` are the recipe with searched values, which may choose other code.
    """
    chosen = sorted({code_digest(plan[-1], config) for config in others})
    parts = [search.model_dump_json(exclude={"trials"}), *(cache_key(step, base, ()) for step in plan), *chosen]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Trials:
    """The trials of the search with this identity in a file. Only one process may add to them at a time."""

    def __init__(self, search: SearchConfig, integers: frozenset[str], identity: str, file: Path) -> None:
        self.search = search
        self.integers = integers
        self.identity = identity
        self.file = file

    @cached_property
    def _study(self) -> optuna.Study:
        if self._exists():
            return optuna.load_study(study_name=self.identity, storage=_storage(self.file))
        return optuna.create_study(study_name=self.identity, storage=_storage(self.file), direction="maximize")

    def _exists(self) -> bool:
        """Whether the search has begun. Raises `InputError` if the file cannot be read."""
        if not self.file.exists():
            return False
        with _using(self.file):
            return self.identity in optuna.get_all_study_names(_storage(self.file))

    def known(self) -> list[Trial]:
        """All trials so far. Nothing is written. Raises `InputError` if the file cannot be read."""
        if "_study" not in self.__dict__ and not self._exists():
            return []
        with _using(self.file):
            return [self._read(trial) for trial in self._study.get_trials(deepcopy=False)]

    def ended(self) -> list[Trial]:
        """The trials that are not open."""
        return [trial for trial in self.known() if trial.state != OPEN]

    def asked(self) -> Iterator[Trial]:
        """The trials that are open, from now on if they are new, until there are as many as the search has."""
        with _using(self.file):
            left = [self._begin(_open(self._study, trial.number)) for trial in self._running()]
        yield from left
        while trial := self._next():
            yield trial

    def _running(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))

    def _next(self) -> Trial | None:
        """A new trial, unless there are as many as the search has."""
        with _using(self.file):
            number = len(self._study.get_trials(deepcopy=False))
            if number >= self.search.trials:
                return None
            # Seeded anew for each trial, so that a search that was killed goes on as it would have done without.
            seed = hashlib.sha256(f"{self.search.seed} {number}".encode()).digest()[:4]
            self._study.sampler = optuna.samplers.TPESampler(seed=int.from_bytes(seed))
            return self._begin(self._study.ask())

    def _begin(self, trial: optuna.Trial) -> Trial:
        values = {field: self._suggest(trial, field, values) for field, values in self.search.ranges.items()}
        return Trial(trial.number, values)

    def _suggest(self, trial: optuna.Trial, field: str, values: Range) -> Any:
        if values.choices is not None:  # as text, because Optuna cannot keep lists
            return json.loads(trial.suggest_categorical(field, [*map(json.dumps, values.choices)]))
        low, high = values.extremes
        if field in self.integers:
            return trial.suggest_int(field, low, high, log=values.log)
        return self._rounded(field, trial.suggest_float(field, low, high, log=values.log))

    def _rounded(self, field: str, value: float) -> float:
        low, high = self.search.ranges[field].extremes
        return min(max(float(f"{value:.{DIGITS}g}"), low), high)

    def _read(self, trial: FrozenTrial) -> Trial:
        values = {field: self._value(field, value) for field, value in trial.params.items()}
        state = STATES.get(trial.state, OPEN)
        goal = math.nan if trial.value is None else trial.value
        return Trial(trial.number, values, state, goal, trial.last_step or 0, trial.user_attrs.get(RUN, ""))

    def _value(self, field: str, value: Any) -> Any:
        if self.search.ranges[field].choices is not None:
            return json.loads(value)
        return value if field in self.integers else self._rounded(field, value)

    def pruning(self, trial: Trial, epochs: int) -> "Pruning":
        """What the training of a trial, of at most so many epochs, calls after each epoch."""
        return Pruning(self.file, self.identity, trial.number, self.search.goal, epochs // SPARED)

    def end(self, trial: Trial, run: str, goal: float | None, curve: Mapping[int, float]) -> None:
        """Record the run of a trial, its goal, or None if it was pruned, and its goal after each epoch.

        Training has not reported the epochs of a run that was there already.
        """
        with _using(self.file):
            opened = _open(self._study, trial.number)
            reported = self._study.get_trials(deepcopy=False)[trial.number].intermediate_values
            for epoch in curve.keys() - reported.keys():
                opened.report(curve[epoch], epoch)
            opened.set_user_attr(RUN, run)
            self._study.tell(trial.number, goal, TrialState.PRUNED if goal is None else TrialState.COMPLETE)

    def diverge(self, trial: Trial) -> None:
        """Record that the loss of a trial became NaN or infinite, as it would again."""
        with _using(self.file):
            self._study.tell(trial.number, state=TrialState.FAIL)

    def importance(self) -> Mapping[str, float]:
        """How much of the difference between good and other trials is due to each field: shares whose sum is 1.

        PED-ANOVA (Watanabe et al. 2023); empty with fewer than two finished trials.
        """
        with _using(self.file):
            finished = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
            return optuna.importance.get_param_importances(self._study) if len(finished) > 1 else {}


@dataclass(frozen=True)
class Pruning:
    """Reports each epoch of a trial to Optuna, and raises `Pruned` if it says so. Small, and can be pickled."""

    file: Path
    identity: str
    number: int
    goal: str
    spared: int
    """Number of first epochs after which it is not pruned."""

    def __call__(self, history: History) -> None:
        epoch = len(history.epochs)
        if epoch <= history.pretraining:
            return
        # Nor is it before the schedules of its objective have ended.
        spared = history.pretraining + max(history.warm_up, self.spared)
        with _using(self.file):
            trial = _opened(self)
            trial.report(history.epochs[-1][self.goal], epoch)
            trial.study.pruner = optuna.pruners.MedianPruner(n_warmup_steps=spared + 1)
            if trial.should_prune():
                raise Pruned(epoch)


@contextmanager
def _using(file: Path) -> Iterator[None]:
    """Raises `InputError` if the file cannot be read as Optuna's trials, or cannot be written."""
    try:
        yield
    except (SQLAlchemyError, StorageInternalError) as error:
        cause = error.__cause__ or error
        reason = getattr(cause, "orig", None) or type(cause).__name__
        raise InputError(f"{file}: cannot be read as Optuna's trials, or not be written: {reason}.") from None


@lru_cache(maxsize=1)
def _opened(pruning: Pruning) -> optuna.Trial:
    study = optuna.load_study(study_name=pruning.identity, storage=_storage(pruning.file))
    return _open(study, pruning.number)


def _open(study: optuna.Study, number: int) -> optuna.Trial:
    """A trial that has not ended, also in another process than the one that asked for it."""
    trials: Sequence[FrozenTrial] = study.get_trials(deepcopy=False)
    return optuna.trial.Trial(study, trials[number]._trial_id)


def _storage(file: Path) -> RDBStorage:
    """Optuna's storage in a file, which is created in one rename, so that it need not be checked, which takes long."""
    if not file.exists():
        new = file.with_suffix(".new")
        new.unlink(missing_ok=True)
        RDBStorage(SQLITE, _connected_to(new)).engine.dispose()
        new.rename(file)
    return RDBStorage(SQLITE, _connected_to(file), skip_compatibility_check=True, skip_table_creation=True)


def _connected_to(file: Path) -> dict[str, Any]:
    """How SQLAlchemy opens the file: in an address, it would take a `?` of a path for the beginning of options."""
    return {"creator": partial(sqlite3.connect, file, check_same_thread=False), "poolclass": NullPool}
