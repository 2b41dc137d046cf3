"""Signatures of the served models, as functions of named tensors."""

from collections.abc import Callable, Mapping

import tensorflow as tf

from vaeflow.components.images.config import Transform
from vaeflow.components.serving import inputs
from vaeflow.components.serving.inputs import Answer, Form, Signature, checked
from vaeflow.models.base import LatentVariableModel

Signatures = Mapping[str, Signature]

SAMPLING = {"n": tf.int32, "seed": tf.int32, "temperature": tf.float32}
RESAMPLING = {"layer": tf.int32, "seed": tf.int32, "temperature": tf.float32}


def decoder_signatures(model: LatentVariableModel) -> Signatures:
    """`serving_default`: z [n, code] → images [n, h, w, c] in [0, 1]. `sample`: n, seed, temperature → images
    of codes drawn from the distribution that `ModelConfig.prior_title` names.

    If the class can be chosen, `serving_default` takes z [n, latent] and label [n], `sample_class` takes the inputs of
    `sample` and one label for all images, and `decode` takes whole codes as returned by the encoder. If the code has
    several layers, `resample` draws those below `layer`, counted from 0 at the bottom, from their priors given the
    layers above: z, layer, seed, temperature → z and images.
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

    def resample(z: tf.Tensor, layer: tf.Tensor, seed: tf.Tensor, temperature: tf.Tensor) -> Answer:
        codes = model.resample(z, layer, tf.stack([seed, 0]), temperature)
        return {"z": codes} | _images(model.decode(codes))

    scalars = _scalars(SAMPLING)
    z = tf.TensorSpec([None, model.code_dim], tf.float32, "z")
    answers = {"serving_default": checked(decode, [z]), "sample": checked(sample, scalars)}
    if model.code_groups:
        answers["resample"] = checked(resample, [z, *_scalars(RESAMPLING)])
    if not model.generates_classes:
        return answers
    latent, label = tf.TensorSpec([None, model.latent_dim], tf.float32, "z"), tf.TensorSpec([None], tf.int32, "label")
    return {
        "serving_default": checked(decode_class, [latent, label]),
        "sample": answers["sample"],
        "sample_class": checked(sample_class, [*scalars, *_scalars({"label": tf.int32})]),
        "decode": answers["serving_default"],
    }


def encoder_signatures(model: LatentVariableModel, transform: Transform) -> Signatures:
    """`serving_default`: images uint8 [n, h, w, c] → mean and stddev [n, code]. `reconstruct`, if the model has a
    decoder: images → images.

    `score`, if the model has a scoring: images → score [n] and map [n, h, w]. `classify`, if the model classifies:
    images → probabilities [n, classes], label [n] and name [n]. `files` and `pixels` return the same as
    `serving_default`, and `score_files`, `classify_files` … the same as `score` and `classify`, for images of any size:
    the graph contains the transform that the model was trained with. If the source contained values that uint8 cannot
    hold, `values`, `score_values` and `classify_values` take them as float32 in the scale of the source. A conditional
    model also takes label [n].
    """

    def encode(images: tf.Tensor, label: tf.Tensor | None = None) -> Answer:
        return model.encode(model.observe(images), label)._asdict()

    def reconstruct(images: tf.Tensor, label: tf.Tensor | None = None) -> Answer:
        return _images(model.reconstruct(model.observe(images), label))

    def score(images: tf.Tensor, label: tf.Tensor | None = None) -> Answer:
        x = model.observe(images)
        return {"score": model.score(x, label), "map": model.errors(x, label)}

    def classify(images: tf.Tensor) -> Answer:
        probabilities = tf.cast(model.classify(images), tf.float32)
        label = tf.argmax(probabilities, axis=-1, output_type=tf.int32)
        return {"probabilities": probabilities, "label": label, "name": tf.gather(tf.constant(_names(model)), label)}

    ready = inputs.examples(transform)
    forms = inputs.of_any_size(transform)
    label = [tf.TensorSpec([None], tf.int32, "label")] if model.conditional else []

    def signature(answer: Callable[..., Answer], form: Form) -> Signature:
        return checked(lambda images, *label: answer(form.read(images), *label), [form.spec, *label])

    def of_all_forms(name: str, answer: Callable[..., Answer]) -> dict[str, Signature]:
        others = {f"{name}_{form.spec.name}": signature(answer, form) for form in forms}
        return {name: signature(answer, ready)} | others

    signatures = {"serving_default": signature(encode, ready)}
    if model.config.generative:
        signatures["reconstruct"] = signature(reconstruct, ready)
    signatures |= {form.spec.name: signature(encode, form) for form in forms}
    if model.scoring is not None:
        signatures |= of_all_forms("score", score)
    if model.config.classifies:
        signatures |= of_all_forms("classify", classify)
    return signatures


def _images(decoded: tf.Tensor) -> Answer:
    return {"images": tf.cast(decoded, tf.float32)}


def _scalars(dtypes: Mapping[str, tf.DType]) -> list[tf.TensorSpec]:
    return [tf.TensorSpec([], dtype, name) for name, dtype in dtypes.items()]


def _names(model: LatentVariableModel) -> tuple[str, ...]:
    return model.data.label_names or tuple(map(str, range(model.data.num_classes)))


def _class_of(model: LatentVariableModel, label: tf.Tensor) -> tf.Tensor:
    """The label. The graph raises `InvalidArgumentError` if there is no such class."""
    message = f"label: expected 0 to {model.data.num_classes - 1}"
    above = tf.debugging.assert_non_negative(label, message)
    below = tf.debugging.assert_less(label, model.data.num_classes, message)
    with tf.control_dependencies([check for check in (above, below) if check is not None]):
        return tf.identity(label)
