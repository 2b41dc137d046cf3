"""Compiling a loaded model like the recipe that trained it."""

import json
from pathlib import Path

import keras

from vaeflow.components.training.config import TrainConfig
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.objectives.building import build_objective


def compile_as_trained(model: LatentVariableModel, folder: Path) -> None:
    """Compile the model with Adam and the recipe's objective, learning rate and seed, if the folder records them.

    Warm-ups have ended, the learning rate is constant, and what the objective itself learns starts anew.
    """
    try:
        config = TrainConfig.model_validate_json((folder / "config.json").read_text())
        num_images = json.loads((folder / "history.json").read_text())["num_images"]
    except (OSError, ValueError, KeyError):  # a model without the rest of the artifact, or of an older version
        return
    objective = build_objective(
        config.objective.after_schedules(), code_dim=model.code_dim, steps_per_epoch=1, num_images=num_images
    )
    model.compile(keras.optimizers.Adam(config.learning_rate), objective, seed=config.seed, jit_compile=False)
