"""The training history. Early stopping depends on it alone, so no other state has to be saved."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vaeflow.models.errors import RunError

Epoch = Mapping[str, float]


@dataclass
class History:
    """Objective and terms of each finished epoch, prefixed with `val_` for the validation split. No times."""

    epochs: list[Epoch] = field(default_factory=list)
    num_images: int = 0
    """Number of training images per epoch."""
    pretraining: int = 0
    """Number of epochs before the main phase, none of which can be the best."""
    warm_up: int = 0
    """Number of epochs of the main phase until all schedules of the objective have ended; then patience begins."""
    comparable: bool = True
    """Whether the validation objective tells which epoch is best; if not, the last epoch counts as the best."""
    active_units: list[list[int]] = field(default_factory=list)
    """The active dimensions of the code at the end of each epoch."""

    @property
    def best_epoch(self) -> int:
        """The epoch of the main phase with the highest validation objective, counted from 1; 0 if there is none.

        Before the main phase it is the last epoch.
        """
        finished = len(self.epochs)
        if not self.comparable or finished <= self.pretraining:
            return finished
        return 1 + max(range(self.pretraining, finished), key=self._validation_objective)

    @property
    def headline(self) -> Epoch:
        """The validation objective of the best epoch; empty if there is none."""
        return {"val_objective": self.epochs[self.best_epoch - 1]["val_objective"]} if self.epochs else {}

    def _validation_objective(self, index: int) -> float:
        objective = self.epochs[index]["val_objective"]
        return -math.inf if math.isnan(objective) else objective

    def out_of_patience(self, patience: int) -> bool:
        """Whether the last `patience` epochs after the warm-up brought no better validation objective."""
        since = max(self.best_epoch, self.pretraining + self.warm_up)
        return self.comparable and len(self.epochs) - since >= patience

    def write(self, path: Path) -> None:
        """Write all fields and the best epoch as JSON."""
        path.write_text(json.dumps(asdict(self) | {"best_epoch": self.best_epoch}, indent=1))

    def read(self, path: Path) -> None:
        """Replace the epochs and their active units by those of a file that `write` wrote."""
        content = json.loads(path.read_text())
        self.epochs[:], self.active_units[:] = content["epochs"], content["active_units"]


class DivergedError(RunError):
    """A term of the loss became NaN or infinite."""


OnEpoch = Callable[[History], None]
"""Called after each finished epoch with the history so far. It may raise `Pruned` to end the training."""


class Pruned(Exception):  # noqa: N818, it is no error
    """Training was stopped after epoch `epoch`, because it is not worth going on."""

    def __init__(self, epoch: int) -> None:
        super().__init__(epoch)
        self.epoch = epoch

    def __str__(self) -> str:
        return f"pruned after epoch {self.epoch}"
