"""The step features: a network in whose features evaluate compares distributions of images."""

from pathlib import Path

from vaeflow.components.artifacts import Examples, FeatureNetwork
from vaeflow.components.feature_learning.config import FeaturesConfig


def features(config: FeaturesConfig, examples: Examples, *, output: Path) -> FeatureNetwork:
    """Train a small network on the training split. All models of these examples share it.

    It learns the classes of the images, also those that `train.data.labels` hides from the models. If most of them are
    unknown, it is VGG19 where `keras.applications` has cached its weights, and elsewhere learns by how much an image
    was rotated. Raises `InputError` if the cached file does not hold weights of VGG19.
    """
    from vaeflow.components.feature_learning.choosing import learn
    from vaeflow.components.feature_learning.network import save_network

    return save_network(*learn(config, examples), output)
