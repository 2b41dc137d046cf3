"""The configuration of a search. Importable without TensorFlow and Optuna."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.models.config import Config
from vaeflow.models.quantities import Seed
from vaeflow.pipeline.studies.fields import FieldName, check_field, overlap

MOST_TRIALS = 1_000
MOST_FIELDS = 20
GOALS = {
    "val_objective": "validation objective",
    "val_elbo": "validation ELBO",
    "val_log_likelihood": "validation log-likelihood of the reconstruction",
}
"""The columns of the training's history of which more is better, and what they are, in nats."""


class Range(Config):
    """The values of a field among which a search looks: numbers from low to high, or choices."""

    low: int | float | None = Field(None, description="Lowest value.")
    high: int | float | None = Field(None, description="Highest value.")
    log: bool = Field(False, description="Whether the logarithm of the value is searched evenly.")
    choices: tuple[Any, ...] | None = Field(None, description="Values to choose from, instead of low and high.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.choices is None:
            self._check_numbers()
        elif (self.low, self.high, self.log) != (None, None, False):
            raise ValueError("expected either choices, or low and high")
        elif len(self.choices) < 2:
            raise ValueError(f"choices: expected at least two values, got {len(self.choices)}")
        elif repeated := [one for place, one in enumerate(self.choices) if one in self.choices[:place]]:
            raise ValueError(f"choices: expected different values, got {repeated[0]!r} twice")
        return self

    def _check_numbers(self) -> None:
        if self.low is None or self.high is None:
            raise ValueError("expected low and high, or choices")
        if self.low >= self.high:
            raise ValueError(f"low: expected less than high, {self.high}, got {self.low}")
        if self.log and self.low <= 0:
            raise ValueError(f"low: expected more than 0, because of log, got {self.low}")

    @property
    def extremes(self) -> tuple[Any, ...]:
        """The values that stand for all: all choices, or the lowest and the highest number."""
        return (self.low, self.high) if self.choices is None else self.choices


class SearchConfig(Config):
    """A search for the values of fields with the best goal on the validation images."""

    goal: str = Field("val_elbo", description=f"Column of the training's history to maximise: {', '.join(GOALS)}.")
    trials: int = Field(20, ge=1, le=MOST_TRIALS, description="Number of trials, each a training.")
    seed: Seed = Field(0, description="Seed of the search, and of the training of every trial.")
    ranges: Mapping[FieldName, Range] = Field(
        description="Searched fields, such as {train.model.latent_dim: {low: 2, high: 64, log: true}}.",
    )

    @field_validator("goal")
    @classmethod
    def _known(cls, goal: str) -> str:
        if goal in METRICS:
            raise ValueError(f"{goal} is measured on the test images, which choose nothing; expected {_GOALS}")
        if goal not in GOALS:
            raise ValueError(f"expected {_GOALS}, got {goal}")
        return goal

    @field_validator("ranges")
    @classmethod
    def _of_training(cls, ranges: Mapping[str, Range]) -> Mapping[str, Range]:
        if not 1 <= len(ranges) <= MOST_FIELDS:
            raise ValueError(f"expected 1 to {MOST_FIELDS} fields, got {len(ranges)}")
        for field, values in ranges.items():
            for value in values.extremes:
                check_field(field, value)
            if not field.startswith("train."):
                raise ValueError(f"{field}: expected a field of train: all trials share their images")
        for one, other in combinations(ranges, 2):
            if overlap(one, other):
                raise ValueError(f"{one}: expected it without {other}, which it contains or is part of")
        return ranges


_GOALS = " or ".join(GOALS)
