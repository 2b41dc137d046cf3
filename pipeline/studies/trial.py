"""The record of a trial of a search. Importable without Optuna."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FINISHED, PRUNED, DIVERGED, OPEN = "finished", "pruned", "diverged", "open"


@dataclass(frozen=True)
class Trial:
    """A trial: the values of the searched fields, and what became of it.

    `state` is finished, pruned, diverged, or open as long as no training has ended in such a way. `goal` is that of the
    epoch that was kept, or of the last one before it was pruned, and NaN if it diverged; `epochs` is the number of
    epochs of which Optuna knows.
    """

    number: int
    values: Mapping[str, Any]
    state: str = OPEN
    goal: float = math.nan
    epochs: int = 0
    run: str = ""

    @property
    def name(self) -> str:
        """What it is called in the ids of runs and on the page."""
        return f"trial {self.number}"
