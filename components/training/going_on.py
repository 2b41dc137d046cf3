"""Going on from a finished training with fewer epochs, as if it had been interrupted. Importable without TensorFlow."""

import shutil
from pathlib import Path

from vaeflow.components.artifacts import Model
from vaeflow.components.training.config import TrainConfig

CHECKPOINTS = "checkpoints"
LOGS = "logs"


def obstacle(config: TrainConfig) -> str:
    """Why the first epochs of a training depend on how many follow; empty if they do not.

    Warm-ups, capacities and earlier phases have lengths of their own, and early stopping looks back only.
    """
    if config.schedule == "cosine":
        return "with train.schedule: cosine, the learning rate of every epoch depends on the number of epochs"
    return ""


def has_begun(output: Path) -> bool:
    """Whether the folder has a finished epoch of its own."""
    return (output / CHECKPOINTS).is_dir()


def take_over(shorter: Model, output: Path) -> None:
    """Copy the checkpoints and the logs of a training with fewer epochs, which has any, to where another one resumes.

    The checkpoints come last, in one rename: a copy that was interrupted is made again.
    """
    unfinished = output / f"{CHECKPOINTS}.tmp"
    shutil.rmtree(unfinished, ignore_errors=True)
    if (shorter.path / LOGS).is_dir():
        shutil.copytree(shorter.path / LOGS, output / LOGS, dirs_exist_ok=True)
    shutil.copytree(shorter.path / CHECKPOINTS, unfinished)
    unfinished.rename(output / CHECKPOINTS)
