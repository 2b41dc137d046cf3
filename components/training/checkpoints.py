"""Checkpoints that survive a kill at any moment: one folder per epoch, published by an atomic rename."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import keras
import tensorflow as tf

from vaeflow.components.training.history import History
from vaeflow.models.training.step import Trainable


class Checkpoints:
    """Weights, optimizers and history at the end of the last epoch and of the best one.

    Resuming needs nothing else: noise and data order are functions of the seed and the step or epoch, the learning
    rate is a function of the optimizer's step, and early stopping is a function of the history.
    """

    def __init__(self, folder: Path, model: Trainable, history: History, *, writes: bool = True):
        """`writes` is False in all workers but the chief: they take part in saving but leave no files."""
        self.folder = folder
        self.model = model
        self.history = history
        self.writes = writes

    def _state(self) -> tf.train.Checkpoint:
        """Everything that an epoch changes, in the phase that the model is compiled for.

        Variable by variable: TensorFlow does not find the variables of layers that a Keras layer keeps in a list.
        """
        optimizers = {name: _values(optimizer.variables) for name, optimizer in self.model.optimizers.items()}
        own = {name: _values(group) for name, group in self.model.objective.parameter_groups().items()}
        return tf.train.Checkpoint(weights=_values(self.model.weights), optimizers=optimizers, objective=own)

    def _path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:05d}"

    def _saved(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("epoch-*") if path.suffix != ".tmp")

    @property
    def last(self) -> int:
        """The last saved epoch, counted from 1; 0 if there is none."""
        saved = self._saved()
        return int(saved[-1].name.removeprefix("epoch-")) if saved else 0

    def save(self) -> None:
        """Save the last epoch of the history, and delete all checkpoints but this one and the best."""
        if not self.writes:
            with tempfile.TemporaryDirectory() as discarded:
                self._state().write(f"{discarded}/state")
            return
        path = self._path(len(self.history.epochs))
        unfinished = path.with_suffix(".tmp")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        self._state().write(str(unfinished / "state"))
        self.history.write(unfinished / "history.json")
        unfinished.rename(path)
        for old in set(self._saved()) - {path, self._path(self.history.best_epoch)}:
            shutil.rmtree(old)

    def restore(self, epoch: int) -> None:
        """Restore model, optimizers and history as at the end of `epoch`; the model is compiled for that phase."""
        path = self._path(epoch)
        self._state().read(str(path / "state")).assert_consumed()
        self.history.read(path / "history.json")

    def restore_best(self) -> None:
        """Restore the model of the best epoch, but not the history."""
        self._state().read(str(self._path(self.history.best_epoch) / "state")).assert_consumed()


def _values(variables: Iterable[keras.Variable]) -> list[tf.Variable]:
    return [variable.value for variable in variables]
