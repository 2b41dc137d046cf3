"""Models built from a configuration or loaded from a file."""

import json
from pathlib import Path
from zipfile import ZipFile

import keras

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.registry import AnyModel, model_class, read_config


def build(config: AnyModel, data: DataSpec) -> LatentVariableModel:
    """A new model with freshly initialised weights."""
    model = model_class(config)(config, data)
    model.build()
    return model


def load(path: Path) -> LatentVariableModel:
    """The model saved in the file `path`."""
    with ZipFile(path) as archive:
        saved = json.loads(archive.read("config.json"))
    model_class(read_config(saved["config"]["config"]))  # Keras finds a class by its name once it is imported
    model: LatentVariableModel = keras.saving.load_model(path, compile=False)
    return model
