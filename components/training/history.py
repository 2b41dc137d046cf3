"""The record of a training, from which early stopping is decided: there is no other state to save."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Epoch = Mapping[str, float]


@dataclass
class History:
    """What each finished epoch measured: `elbo`, `val_elbo` and their terms in nats per image, and the speed."""

    epochs: list[Epoch] = field(default_factory=list)

    @property
    def best_epoch(self) -> int:
        """The epoch, counted from 1, with the highest validation ELBO; 0 when none is finished."""
        if not self.epochs:
            return 0
        return 1 + max(range(len(self.epochs)), key=lambda i: self._validation_elbo(i))

    @property
    def best(self) -> Epoch:
        """What the best epoch measured."""
        return self.epochs[self.best_epoch - 1]

    def _validation_elbo(self, index: int) -> float:
        elbo = self.epochs[index]["val_elbo"]
        return -math.inf if math.isnan(elbo) else elbo

    def out_of_patience(self, patience: int) -> bool:
        """Whether the last `patience` epochs brought no better validation ELBO."""
        return len(self.epochs) - self.best_epoch >= patience

    def write(self, path: Path) -> None:
        """Write as `history.json`."""
        path.write_text(json.dumps({"epochs": self.epochs, "best_epoch": self.best_epoch}, indent=1))

    @classmethod
    def read(cls, path: Path) -> "History":
        """Read back what `write` wrote."""
        return cls(json.loads(path.read_text())["epochs"])
