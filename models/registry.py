"""Every model by its name in a recipe."""

from pathlib import Path

import keras

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import Observation
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks import ImageShape
from vaeflow.models.vae import VAE

MODELS: dict[str, type[LatentVariableModel]] = {"vae": VAE}


def build(config: ModelConfig, image_shape: ImageShape, observation: Observation) -> LatentVariableModel:
    """A new model with freshly initialised weights."""
    model = MODELS[config.name](config, image_shape, observation)
    model.build()
    return model


def load(path: Path) -> LatentVariableModel:
    """The model that was saved as the file `path`."""
    return keras.saving.load_model(path, compile=False)
