"""Where the weights of VGG19 are. Importable without TensorFlow."""

import os
from pathlib import Path

KERAS_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"


def keras_cache() -> Path:
    """The file in which `keras.applications` caches the weights of VGG19 without its dense layers."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / KERAS_FILE
