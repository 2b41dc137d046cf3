"""Checkpoints that a kill at any moment cannot spoil: a folder an epoch, made visible by one rename."""

import shutil
import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from vaeflow.components.training.history import History


class Checkpoints:
    """The weights, the optimizer and the history at the end of the last epoch and of the best one.

    Nothing else is needed to go on: noise and data order are functions of the seed and of the step or epoch, the
    learning rate is one of the optimizer's step, and early stopping is one of the history.
    """

    def __init__(self, folder: Path, model: keras.Model, *, writes: bool = True):
        """`writes` is False in all workers but the chief: they take part in saving, and leave no file."""
        self.folder = folder
        self.writes = writes
        self.state = tf.train.Checkpoint(model=model, optimizer=model.optimizer)

    def _path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:05d}"

    def _saved(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("epoch-*") if path.suffix != ".tmp")

    def save(self, history: History) -> None:
        """Save the epoch that `history` ends with, and drop all but it and the best."""
        if not self.writes:
            with tempfile.TemporaryDirectory() as discarded:
                self.state.write(f"{discarded}/state")
            return
        path = self._path(len(history.epochs))
        unfinished = path.with_suffix(".tmp")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        self.state.write(str(unfinished / "state"))
        history.write(unfinished / "history.json")
        unfinished.rename(path)
        for old in set(self._saved()) - {path, self._path(history.best_epoch)}:
            shutil.rmtree(old)

    def resume(self) -> History:
        """Restore the last finished epoch; an empty history when there is none."""
        saved = self._saved()
        if not saved:
            return History()
        return self._restore(saved[-1])

    def restore_best(self, history: History) -> None:
        """Set the model to the epoch with the best validation ELBO."""
        self._restore(self._path(history.best_epoch))

    def _restore(self, path: Path) -> History:
        self.state.read(str(path / "state")).assert_consumed()
        return History.read(path / "history.json")
