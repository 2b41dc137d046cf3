"""The record of a training, from which early stopping is decided: there is no other state to save."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Epoch = Mapping[str, float]


@dataclass
class History:
    """What each finished epoch measured: the objective and its terms, as `val_…` on validation too. No times."""

    epochs: list[Epoch] = field(default_factory=list)
    pretraining: int = 0
    """So many epochs come before the main phase: none of them can be the best."""
    warm_up: int = 0
    """So many epochs of the main phase pass before every schedule of the objective has ended, and patience begins."""
    comparable: bool = True
    """Whether the objective on validation tells which epoch is best; where not, the last one is taken for it."""

    @property
    def best_epoch(self) -> int:
        """The epoch, counted from 1, of the main phase with the highest objective on validation; 0 while there is none.

        Of a training that is not in its main phase yet, the last.
        """
        finished = len(self.epochs)
        if not self.comparable or finished <= self.pretraining:
            return finished
        return 1 + max(range(self.pretraining, finished), key=self._validation_objective)

    @property
    def best(self) -> Epoch:
        """What the best epoch measured."""
        return self.epochs[self.best_epoch - 1]

    def _validation_objective(self, index: int) -> float:
        objective = self.epochs[index]["val_objective"]
        return -math.inf if math.isnan(objective) else objective

    def out_of_patience(self, patience: int) -> bool:
        """Whether the last `patience` epochs, none of the warm-up, brought no better objective on validation."""
        since = max(self.best_epoch, self.pretraining + self.warm_up)
        return self.comparable and len(self.epochs) - since >= patience

    def write(self, path: Path) -> None:
        """Write as `history.json`."""
        path.write_text(json.dumps({"epochs": self.epochs, "best_epoch": self.best_epoch}, indent=1))

    def read(self, path: Path) -> None:
        """Take over the epochs that `write` wrote."""
        self.epochs[:] = json.loads(path.read_text())["epochs"]
