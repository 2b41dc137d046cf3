"""What few_labels.py has measured: few_labels.json, by recipe and draw of labels."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

FILE = Path(__file__).with_name("few_labels.json")


class Training(TypedDict):
    """A training with one draw of the known labels."""

    processor_minutes: float
    """Of the training so far, interrupted or not, without the measurements."""
    measured: dict[str, dict[str, Any]]
    """By the number of epochs: steps, errors in percent and the validation bound."""


def read() -> dict[str, dict[str, Training]]:
    """All trainings, by recipe and draw."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def spent(recipe: str, draw: int) -> float:
    """Processor minutes of a training so far; 0 if it has not begun."""
    return read().get(recipe, {}).get(str(draw), {"processor_minutes": 0.0})["processor_minutes"]


def add_minutes(recipe: str, draw: int, minutes: float) -> None:
    """Add processor time to a training."""
    trainings = read()
    training = _training(trainings, recipe, draw)
    training["processor_minutes"] = round(training["processor_minutes"] + minutes, 1)
    _write(trainings)


def keep(recipe: str, draw: int, epochs: int, measurement: Mapping[str, Any]) -> None:
    """Add a measurement, or replace it."""
    trainings = read()
    _training(trainings, recipe, draw)["measured"][str(epochs)] = dict(measurement)
    _write(trainings)


def _training(trainings: dict[str, dict[str, Training]], recipe: str, draw: int) -> Training:
    return trainings.setdefault(recipe, {}).setdefault(str(draw), {"processor_minutes": 0.0, "measured": {}})


def _write(trainings: Mapping[str, Mapping[str, Training]]) -> None:
    FILE.write_text(json.dumps(trainings, indent=1) + "\n")
