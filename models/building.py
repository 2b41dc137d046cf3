"""Models built from a configuration or loaded from a file."""

import json
import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import keras

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.registry import AnyModel, model_class, read_config

UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, BadZipFile, zlib.error)
"""What zipfile, json, h5py and Keras raise for a file that is damaged, foreign or from another version."""


def build(config: AnyModel, data: DataSpec) -> LatentVariableModel:
    """A new model with freshly initialised weights."""
    model = model_class(config)(config, data)
    model.build()
    return model


def load(path: Path) -> LatentVariableModel:
    """The model saved in the file `path`. Raises `InputError` if this version of vaeflow cannot read it."""
    try:
        with ZipFile(path) as archive:
            saved = json.loads(archive.read("config.json"))
        model_class(read_config(saved["config"]["config"]))  # Keras finds a class by its name once it is imported
        model: LatentVariableModel = keras.saving.load_model(path, compile=False)
    except PermissionError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from error
    except UNREADABLE as error:
        raise InputError(
            f"{path}: expected a model saved by this version of vaeflow; it is damaged, or something else wrote it"
        ) from error
    return model
