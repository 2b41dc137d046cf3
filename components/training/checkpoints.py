"""Checkpoints that a kill at any moment cannot spoil: a folder an epoch, made visible by one rename."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import keras
import tensorflow as tf

from vaeflow.components.training.history import History
from vaeflow.models.training.step import Trainable


class Checkpoints:
    """The weights, the optimizers and the history at the end of the last epoch and of the best one.

    Nothing else is needed to go on: noise and data order are functions of the seed and of the step or epoch, the
    learning rate is one of the optimizer's step, and early stopping is one of the history.
    """

    def __init__(self, folder: Path, model: Trainable, history: History, *, writes: bool = True):
        """`writes` is False in all workers but the chief: they take part in saving, and leave no file."""
        self.folder = folder
        self.model = model
        self.history = history
        self.writes = writes

    def _state(self) -> tf.train.Checkpoint:
        """All that an epoch of the phase in which the model is compiled changes.

        Variable by variable: TensorFlow does not find those of layers that a Keras layer holds in a list.
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
        """The last epoch that was saved, counted from 1; 0 when there is none."""
        saved = self._saved()
        return int(saved[-1].name.removeprefix("epoch-")) if saved else 0

    def save(self) -> None:
        """Save the epoch that the history ends with, and drop all but it and the best."""
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
        """Set the model, compiled for the phase of that epoch, its optimizers and the history to its end."""
        path = self._path(epoch)
        self._state().read(str(path / "state")).assert_consumed()
        self.history.read(path / "history.json")

    def restore_best(self) -> None:
        """Set the model to the best epoch; the history stays."""
        self._state().read(str(self._path(self.history.best_epoch) / "state")).assert_consumed()


def _values(variables: Iterable[keras.Variable]) -> list[tf.Variable]:
    return [variable.value for variable in variables]
