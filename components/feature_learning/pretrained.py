"""VGG19's weights, where this machine has them. Importable without TensorFlow."""

from pathlib import Path

from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.models.perception.weights import keras_cache


def cached_weights() -> Path | None:
    """The file with VGG19's weights in the cache of `keras.applications`; None if there is none that can be read."""
    try:
        return keras_cache() if keras_cache().is_file() else None
    except OSError:  # a folder that may not be entered
        return None


def fingerprint(config: FeaturesConfig) -> str:
    """Size and time of the file with VGG19's weights: a network may be made of it. Empty if there is none."""
    weights = cached_weights()
    return f"{weights.stat().st_size} {weights.stat().st_mtime_ns}" if weights else ""
