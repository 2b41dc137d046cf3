"""Keras callbacks of the training loop."""

import logging
import math
from typing import Any

import keras

from vaeflow.components.progress import Advance
from vaeflow.components.training.checkpoints import Checkpoints
from vaeflow.components.training.data import TrainingData
from vaeflow.components.training.history import OnEpoch
from vaeflow.components.training.probe import Probe
from vaeflow.models.errors import RunError

log = logging.getLogger(__name__)
TERM_TITLES = {"log_likelihood": "likelihood", "kl": "KL"}
FIRST_NONFINITE = "first_nonfinite_"


class EpochOrder(keras.callbacks.Callback):
    """Sets the data's epoch, which determines the order of the images."""

    def __init__(self, data: TrainingData):
        super().__init__()
        self.data = data

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.data.epoch.assign(epoch)


class NotFiniteError(RunError):
    """A term of the loss became NaN or infinite in epoch `epoch`, counted from 1."""

    def __init__(self, what: str, epoch: int):
        super().__init__(f"{what}, in epoch {epoch}")


class StopWhenNotFinite(keras.callbacks.Callback):
    """Raises `NotFiniteError` if a term of the loss becomes NaN or infinite; the message names the term and step."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        steps = {
            name.removeprefix(FIRST_NONFINITE): int(step)
            for name, step in logs.items()
            if name.startswith(FIRST_NONFINITE)
        }
        broken = {term: step for term, step in steps.items() if step > 0}
        if broken:
            term = min(broken, key=lambda term: (broken[term], _rank(term)))
            raise NotFiniteError(
                f"the {TERM_TITLES.get(term, term)} term was not finite at step {broken[term]}", self.epoch
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        measured = {name.removeprefix("val_"): value for name, value in logs.items() if name.startswith("val_")}
        broken = [name for name, value in measured.items() if FIRST_NONFINITE not in name and not math.isfinite(value)]
        if broken:
            term = min(broken, key=_rank)
            step = int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))
            raise NotFiniteError(
                f"the validation {TERM_TITLES.get(term, term)} term was not finite at step {step}", self.epoch
            )


def _rank(term: str) -> int:
    """Titled terms first: sums of them, such as the ELBO, become non-finite together with them."""
    return list(TERM_TITLES).index(term) if term in TERM_TITLES else len(TERM_TITLES)


class Record(keras.callbacks.Callback):
    """Adds each finished epoch to the history, saves a checkpoint, and stops training when patience runs out.

    Then it calls `on_epoch`, if there is one, with the history.
    """

    def __init__(self, checkpoints: Checkpoints, probe: Probe, *, patience: int, on_epoch: OnEpoch | None = None):
        """`probe` must come before this in the list of callbacks."""
        super().__init__()
        self.history = checkpoints.history
        self.checkpoints = checkpoints
        self.probe = probe
        self.patience = patience
        self.on_epoch = on_epoch

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        logs["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        kept = {name: float(value) for name, value in logs.items() if FIRST_NONFINITE not in name}
        self.history.epochs.append({"epoch": epoch + 1, **kept})
        self.history.active_units.append(self.probe.active_units)
        self.checkpoints.save()
        if self.history.out_of_patience(self.patience):
            log.info("no better validation objective for %d epochs: stopped at epoch %d", self.patience, epoch + 1)
            self.model.stop_training = True
        if self.on_epoch is not None:
            self.on_epoch(self.history)


class ProgressBar(keras.callbacks.Callback):
    """Advances a progress bar by the parts of epochs that `fit` has finished, and shows the validation objective."""

    def __init__(self, advance: Advance, batches_per_epoch: int):
        super().__init__()
        self.advance = advance
        self.batches = batches_per_epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.done = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.advance((batch + 1 - self.done) / self.batches)
        self.done = batch + 1

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        self.advance(0, f"objective {logs['val_objective']:.2f}")
