"""What a search has found: its trials, the best recipe, and the importance of its fields."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any

import yaml

from vaeflow.components.training.config import TrainConfig
from vaeflow.pipeline.comparison.layout import Cell, Column, Grid
from vaeflow.pipeline.comparison.recipe_fields import text
from vaeflow.pipeline.recipe_changes import Settings, lay
from vaeflow.pipeline.recipe_text import parse
from vaeflow.pipeline.studies.fields import short_names
from vaeflow.pipeline.studies.search_config import GOALS, SearchConfig
from vaeflow.pipeline.studies.study import Study
from vaeflow.pipeline.studies.trial import FINISHED, Trial


@dataclass(frozen=True)
class Found:
    """The result of a search: its trials that have ended, and the best recipe as YAML, for `vaeflow run`."""

    config: SearchConfig
    trials: Sequence[Trial]
    best: Trial
    recipe: str
    weigh: Callable[[], Mapping[str, float]]
    """Measures the importance of the fields, which takes long."""

    @property
    def goal(self) -> str:
        """The goal, with its unit."""
        return f"{GOALS[self.config.goal]} in nats"

    @property
    def short(self) -> Mapping[str, str]:
        """A short name of each searched field."""
        return short_names(self.config.ranges)

    @property
    def grid(self) -> Grid:
        """A row for each trial."""
        heads = [Column("trial", "trial"), *(Column(field, name) for field, name in self.short.items())]
        ends = [Column("goal", self.config.goal, "↑", "nats"), Column("epochs", "epochs"), Column("state", "")]
        return Grid("Trials", (*heads, *ends), tuple(map(self._row, self.trials)))

    def _row(self, trial: Trial) -> tuple[Cell, ...]:
        values = [text(trial.values[field]) for field in self.config.ranges]
        goal = Cell("" if math.isnan(trial.goal) else f"{trial.goal:.2f}", trial == self.best)
        last = (goal, Cell(str(trial.epochs)), Cell(trial.state))
        return (*map(Cell, (trial.name, *values)), *last)

    def as_data(self) -> dict[str, Any]:
        """The trials and the best recipe, for JSON."""
        trials = [asdict(trial) | ({"goal": None} if math.isnan(trial.goal) else {}) for trial in self.trials]
        return {"best": self.best.number, "trials": trials, "recipe": self.recipe}


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The finished trial with the best goal, if any has finished."""
    finished = [trial for trial in trials if trial.state == FINISHED]
    return max(finished, key=lambda trial: trial.goal, default=None)


def recipe_of(study: Study, config: SearchConfig, trial: Trial, trained: TrainConfig) -> str:
    """The recipe of a trial, which was trained with this configuration, over that of the study, as YAML."""
    changes = (change.partition("=") for change in study.changes)
    fields = {
        **study.config.set,
        **trial.values,
        **{field.strip(): parse(value, field) for field, _, value in changes},
        "train.seed": trained.seed,
    }
    if trained.data.labels is not None:
        fields["train.data.label_seed"] = trained.data.label_seed
    settings: Settings = reduce(lambda settings, item: lay(_nested(*item), settings), fields.items(), {})
    description = f"{trial.name.capitalize()} of the search {study.name}: {config.goal} {trial.goal:.2f}."
    whole = {"description": description, "base": study.config.recipe, **settings}
    return yaml.safe_dump(json.loads(json.dumps(whole)), sort_keys=False, default_flow_style=None, width=120)


def _nested(field: str, value: Any) -> Settings:
    """The settings with only this field."""
    settings: Any = value
    for part in reversed(field.split(".")):
        settings = {part: settings}
    return dict(settings)
