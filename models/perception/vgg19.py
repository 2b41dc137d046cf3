"""Features of VGG19, pretrained on ImageNet. Simonyan & Zisserman 2015."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from vaeflow.models.errors import InputError

SMALLEST = 32
"""Pixels on the shorter side, below which VGG19's five poolings leave nothing."""

Features = Callable[[tf.Tensor], list[tf.Tensor]]


def vgg19_features(weights: Path, layers: Sequence[str]) -> Features:
    """Images [batch, h, w, 1 or 3] in [0, 1] → the features of each layer named, float32 [batch, h', w', filters].

    What comes back is a function, and no Keras layer, lest 80 MB of fixed weights be part of each model and checkpoint.
    """
    if not weights.is_file():
        raise InputError(
            f"train.model.vgg19_weights: expected a file with VGG19's weights, there is none at {weights}. Fetch it by "
            "keras.applications.VGG19(include_top=False), or use train.model.features=classifier"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # so Keras tells of weights that the file does not hold
            whole = keras.applications.VGG19(include_top=False, weights=str(weights))
    except (ValueError, OSError, UserWarning) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"train.model.vgg19_weights: {weights} does not hold weights of VGG19: {reason}") from error
    network = keras.Model(whole.input, [whole.get_layer(name).output for name in layers])
    network.trainable = False

    def features(x: tf.Tensor) -> list[tf.Tensor]:
        return [tf.cast(seen, tf.float32) for seen in network(as_seen_by_vgg19(x), training=False)]

    return features


def as_seen_by_vgg19(x: tf.Tensor) -> tf.Tensor:
    """Images [batch, h, w, 1 or 3] in [0, 1] → what VGG19 was trained on: at least 32x32, BGR, ImageNet's mean is 0."""
    height, width, channels = x.shape[1:]
    scale = max(1.0, SMALLEST / min(height, width))
    if scale > 1:
        x = tf.image.resize(x, (round(scale * height), round(scale * width)))
    if channels == 1:
        x = tf.repeat(x, 3, axis=-1)
    return keras.applications.vgg19.preprocess_input(255.0 * x)
