"""Features of VGG19, pretrained on ImageNet. Simonyan & Zisserman 2015."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from vaeflow.models.errors import InputError

SMALLEST = 32
"""Minimum height and width in pixels: VGG19's five poolings leave nothing of a smaller image."""

Features = Callable[[tf.Tensor], list[tf.Tensor]]


def vgg19_features(weights: Path, layers: Sequence[str]) -> Features:
    """Images [batch, h, w, 1 or 3] in [0, 1] → the features of each named layer, float32 [batch, h', w', filters].

    Returns a function rather than a Keras layer, so that 80 MB of fixed weights do not become part of every model and
    checkpoint. Raises `InputError` if `weights` does not exist or does not hold weights of VGG19.
    """
    if not weights.is_file():
        raise InputError(
            f"train.model.vgg19_weights: expected a file with VGG19's weights, found none at {weights}. Download it "
            "with keras.applications.VGG19(include_top=False), or set train.model.features=classifier"
        )
    whole = read_vgg19(weights, "train.model.vgg19_weights")
    network = keras.Model(whole.input, [whole.get_layer(name).output for name in layers])
    network.trainable = False

    def features(x: tf.Tensor) -> list[tf.Tensor]:
        return [tf.cast(layer, tf.float32) for layer in network(vgg19_inputs(x), training=False)]

    return features


def read_vgg19(weights: Path, name: str) -> keras.Model:
    """The convolutions of VGG19: inputs [batch, h, w, 3] → features [batch, h / 32, w / 32, 512].

    Raises `InputError`, which begins with `name`, if the file does not hold weights of VGG19.
    """
    inputs = keras.Input((None, None, 3), name="images")  # a name by Keras would depend on the models made before
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # Keras only warns of weights missing from the file
            return keras.applications.VGG19(include_top=False, weights=str(weights), input_tensor=inputs)
    except (ValueError, OSError, UserWarning) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{name}: {weights} does not hold weights of VGG19: {reason}") from error


def vgg19_inputs(x: tf.Tensor) -> tf.Tensor:
    """Images [batch, h, w, 1 or 3] in [0, 1] → VGG19's inputs: at least 32×32, BGR, with ImageNet's mean subtracted."""
    height, width, channels = x.shape[1:]
    scale = max(1.0, SMALLEST / min(height, width))
    if scale > 1:
        x = tf.image.resize(x, (round(scale * height), round(scale * width)))
    if channels == 1:
        x = tf.repeat(x, 3, axis=-1)
    return keras.applications.vgg19.preprocess_input(255.0 * x)
