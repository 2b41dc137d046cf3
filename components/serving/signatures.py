"""What the served models answer, as functions of named tensors."""

from collections.abc import Callable, Mapping

import tensorflow as tf

from vaeflow.models.base import LatentVariableModel

Signatures = Mapping[str, tf.types.experimental.GenericFunction]
Answer = dict[str, tf.Tensor]

SAMPLING = {"n": tf.int32, "seed": tf.int32, "temperature": tf.float32}


def decoder_signatures(model: LatentVariableModel) -> Signatures:
    """`serving_default`: z [n, code] → images [n, h, w, c] in [0, 1]. `sample`: n, seed, temperature → images.

    Where a class can be chosen, `serving_default` takes z [n, latent] and label [n], `sample_class` what `sample`
    takes and a label for all images, and `decode` the whole codes that the encoder gives.
    """

    def decode(z: tf.Tensor) -> Answer:
        return _images(model.decode(z))

    def sample(n: tf.Tensor, seed: tf.Tensor, temperature: tf.Tensor) -> Answer:
        return _images(model.generate(n, tf.stack([seed, 0]), temperature))

    def decode_class(z: tf.Tensor, label: tf.Tensor) -> Answer:
        return _images(model.decode(model.class_codes(z, _class_of(model, label))))

    def sample_class(n: tf.Tensor, seed: tf.Tensor, temperature: tf.Tensor, label: tf.Tensor) -> Answer:
        labels = tf.fill([n], _class_of(model, label))
        return _images(model.generate_class(labels, tf.stack([seed, 0]), temperature))

    scalars = _scalars(SAMPLING)
    z = tf.TensorSpec([None, model.code_dim], tf.float32, "z")
    answers = {"serving_default": tf.function(decode, [z]), "sample": tf.function(sample, scalars)}
    if not model.generates_classes:
        return answers
    latent, label = tf.TensorSpec([None, model.latent_dim], tf.float32, "z"), tf.TensorSpec([None], tf.int32, "label")
    return {
        "serving_default": tf.function(decode_class, [latent, label]),
        "sample": answers["sample"],
        "sample_class": tf.function(sample_class, [*scalars, *_scalars({"label": tf.int32})]),
        "decode": answers["serving_default"],
    }


def encoder_signatures(model: LatentVariableModel) -> Signatures:
    """`serving_default`: images uint8 [n, h, w, c] → mean and stddev [n, code]. `reconstruct`: images → images.

    Images pass through the transform that the model was trained with, inside the graph: a client sends pixels. A
    conditional model is given a label [n] beside them. `classify`, of a model that does: images → probabilities
    [n, classes], label [n] and its name [n].
    """

    def encode(images: tf.Tensor, label: tf.Tensor | None = None) -> Answer:
        x = model.observe(images)
        stddev = model.posterior(x, label).stddev()
        return {"mean": tf.cast(model.embed(x, label), tf.float32), "stddev": tf.cast(stddev, tf.float32)}

    def reconstruct(images: tf.Tensor, label: tf.Tensor | None = None) -> Answer:
        return _images(model.reconstruct(model.observe(images), label))

    def classify(images: tf.Tensor) -> Answer:
        probabilities = tf.cast(model.classify(model.observe(images)), tf.float32)
        label = tf.argmax(probabilities, axis=-1, output_type=tf.int32)
        return {"probabilities": probabilities, "label": label, "name": tf.gather(tf.constant(_names(model)), label)}

    images = tf.TensorSpec([None, *model.image_shape], tf.uint8, "images")
    given = [tf.TensorSpec([None], tf.int32, "label")] if model.conditional else []
    answers: dict[str, tuple[Callable[..., Answer], list[tf.TensorSpec]]] = {
        "serving_default": (encode, [images, *given]),
        "reconstruct": (reconstruct, [images, *given]),
    }
    if model.classifies:
        answers["classify"] = (classify, [images])
    return {name: tf.function(answer, specs) for name, (answer, specs) in answers.items()}


def _images(decoded: tf.Tensor) -> Answer:
    return {"images": tf.cast(decoded, tf.float32)}


def _scalars(dtypes: Mapping[str, tf.DType]) -> list[tf.TensorSpec]:
    return [tf.TensorSpec([], dtype, name) for name, dtype in dtypes.items()]


def _names(model: LatentVariableModel) -> tuple[str, ...]:
    return model.data.label_names or tuple(map(str, range(model.data.num_classes)))


def _class_of(model: LatentVariableModel, label: tf.Tensor) -> tf.Tensor:
    """The label, or an error for the client where there is no such class."""
    message = f"label: expected 0 to {model.data.num_classes - 1}"
    above = tf.debugging.assert_non_negative(label, message)
    below = tf.debugging.assert_less(label, model.data.num_classes, message)
    with tf.control_dependencies([check for check in (above, below) if check is not None]):
        return tf.identity(label)
