"""What the served models answer, as functions of named tensors."""

from collections.abc import Mapping

import tensorflow as tf

from vaeflow.models.base import LatentVariableModel

Signatures = Mapping[str, tf.types.experimental.GenericFunction]


def decoder_signatures(model: LatentVariableModel) -> Signatures:
    """`serving_default`: z [n, latent] → images [n, h, w, c] in [0, 1]. `sample`: n, seed, temperature → images."""

    def decode(z: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"images": tf.cast(model.decode(z), tf.float32)}

    def sample(n: tf.Tensor, seed: tf.Tensor, temperature: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"images": tf.cast(model.generate(n, tf.stack([seed, 0]), temperature), tf.float32)}

    scalars = {"n": tf.int32, "seed": tf.int32, "temperature": tf.float32}
    return {
        "serving_default": tf.function(decode, [tf.TensorSpec([None, model.latent_dim], tf.float32, "z")]),
        "sample": tf.function(sample, [tf.TensorSpec([], dtype, name) for name, dtype in scalars.items()]),
    }


def encoder_signatures(model: LatentVariableModel) -> Signatures:
    """`serving_default`: images uint8 [n, h, w, c] → mean and stddev [n, latent]. `reconstruct`: images → images.

    Images pass through the transform that the model was trained with, inside the graph: a client sends pixels.
    """

    def encode(images: tf.Tensor) -> dict[str, tf.Tensor]:
        x = model.observe(images)
        stddev = model.posterior(x).stddev()
        return {"mean": tf.cast(model.embed(x), tf.float32), "stddev": tf.cast(stddev, tf.float32)}

    def reconstruct(images: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"images": tf.cast(model.reconstruct(model.observe(images)), tf.float32)}

    images = tf.TensorSpec([None, *model.image_shape], tf.uint8, "images")
    return {"serving_default": tf.function(encode, [images]), "reconstruct": tf.function(reconstruct, [images])}
