"""Which feature network the examples get: a classifier, VGG19, or one that tells rotations apart."""

import keras

from vaeflow.components.artifacts import Examples
from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.components.feature_learning.network import scaled, vgg19_network
from vaeflow.components.feature_learning.pretrained import cached_weights
from vaeflow.components.feature_learning.record import Origin
from vaeflow.components.feature_learning.tasks import classification, has_classes, rotation
from vaeflow.components.feature_learning.training import train
from vaeflow.components.images.examples import load_split


def learn(config: FeaturesConfig, examples: Examples) -> tuple[keras.Sequential, Origin]:
    """The feature network of the examples and its origin.

    Raises `InputError` if Keras' cached file has no weights of VGG19.
    """
    split = load_split(examples, "train", config.images)
    labelled, weights = has_classes(split), cached_weights()
    if weights and not labelled:
        network, origin = vgg19_network(split.images.shape[1:], weights), Origin(task="imagenet")
    else:
        pose = classification if labelled else rotation
        network, origin = train(config, pose(split), pose(load_split(examples, "validation", config.images)))
    return scaled(network, split.images), origin
