"""Changes of a recipe that are worth trying. Importable without TensorFlow and NumPy."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from vaeflow.components.training.config import TrainConfig

TRAIN = "train."


@dataclass(frozen=True)
class Change:
    """A new value of a field of a recipe, shown as `--set` takes it."""

    field: str
    value: Any

    def __str__(self) -> str:
        return f"{self.field}={self.value if isinstance(self.value, str) else json.dumps(self.value)}"


def first_accepted(changes: Iterable[Change], training: TrainConfig) -> Change | None:
    """The first change that suits the model and changes anything; None if there is none."""
    return next((change for change in changes if _is_accepted(change, training)), None)


def _is_accepted(change: Change, training: TrainConfig) -> bool:
    if not change.field.startswith(TRAIN):
        return True
    settings = training.model_dump(mode="json")
    *sections, field = change.field.removeprefix(TRAIN).split(".")
    here = settings
    for section in sections:
        here[section] = here.get(section) or {}
        here = here[section]
    here[field] = change.value
    try:
        return TrainConfig.model_validate(settings) != training
    except ValidationError:
        return False
