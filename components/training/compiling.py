"""Compiling a loaded model like the recipe that trained it."""

import logging
from pathlib import Path

import keras
from pydantic import BaseModel, ConfigDict, PositiveInt

from vaeflow.components.file_kinds import read_file
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.learned_objective import OBJECTIVE_FILE, restore_learned
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.objectives.building import build_objective

log = logging.getLogger(__name__)


class _History(BaseModel):
    model_config = ConfigDict(strict=True)

    num_images: PositiveInt


def compile_as_trained(model: LatentVariableModel, folder: Path) -> None:
    """Compile the model with Adam and the recipe's objective, learning rate and seed, if the folder records them.

    Warm-ups have ended, the learning rate is constant, and what the objective itself learns, such as a discriminator,
    is as the training left it; Adam starts anew. If the record cannot be read, a warning names its file, and the model
    is not compiled.
    """
    file = folder / "config.json"
    try:
        config = TrainConfig.model_validate_json(read_file(file))
        file = folder / "history.json"
        num_images = _History.model_validate_json(read_file(file)).num_images
        objective = build_objective(
            config.objective.after_schedules(), code_dim=model.code_dim, steps_per_epoch=1, num_images=num_images
        )
        file = folder / OBJECTIVE_FILE
        restore_learned(objective, folder)
    except (OSError, ValueError) as error:  # also those of pydantic
        if not (file.name == "config.json" and isinstance(error, FileNotFoundError)):  # a model by itself has no recipe
            reason = error.strerror if isinstance(error, OSError) else "it is damaged, or of another version"
            log.warning("%s: cannot be read: %s; the model is loaded but not compiled", file, reason)
        return
    model.compile(keras.optimizers.Adam(config.learning_rate), objective, seed=config.seed, jit_compile=False)
