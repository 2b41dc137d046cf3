"""The forms in which a client may send images, and checks of all inputs."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import tensorflow as tf

from vaeflow.components.images.config import Transform
from vaeflow.components.images.transform import (
    FILES,
    PIXELS,
    VALUES,
    files_to_examples,
    pixels_to_examples,
    values_to_examples,
)

Signature: TypeAlias = tf.types.experimental.GenericFunction
Answer = dict[str, tf.Tensor]


class Form(NamedTuple):
    """The input that a client sends, and its conversion to examples uint8 [n, h, w, c] as made by preprocess."""

    spec: tf.TensorSpec
    read: Callable[[tf.Tensor], tf.Tensor]


def examples(transform: Transform) -> Form:
    """`images`: examples of the size that the model expects, uint8 [n, h, w, c]."""
    return Form(tf.TensorSpec([None, *transform.image_shape], tf.uint8, "images"), lambda images: images)


def files(transform: Transform) -> Form:
    """`files`: the bytes of JPEG, PNG, BMP or GIF files of any size, string [n]."""
    return Form(FILES, files_to_examples(transform))


def pixels(transform: Transform) -> Form:
    """`pixels`: images uint8 [n, any height, any width, c]; c is 1 (grey) or 3 (RGB), 2 or 4 with alpha."""
    return _arrays(PIXELS, pixels_to_examples(transform))


def values(transform: Transform) -> Form:
    """`values`: as `pixels`, in float32 that is scaled like the source, such as 0 to 65535 or 0 to 1."""
    return _arrays(VALUES, values_to_examples(transform))


def _arrays(spec: tf.TensorSpec, to_examples: Callable[[tf.Tensor], tf.Tensor]) -> Form:
    """Arrays with 1 to 4 channels."""

    def read(arrays: tf.Tensor) -> tf.Tensor:
        shape = tf.shape(arrays)
        usable = tf.reduce_all(shape[1:3] > 0) & (shape[3] > 0) & (shape[3] < 5)
        message = tf.strings.format(
            f"{spec.name}: expected non-empty images with 1 to 4 channels, got shape {{}}", shape
        )
        with tf.control_dependencies([tf.debugging.Assert(usable, [message])]):
            return to_examples(tf.identity(arrays))

    return Form(spec, read)


def of_any_size(transform: Transform) -> list[Form]:
    """All forms of images that the graph transforms."""
    forms = [files(transform), pixels(transform)]
    return forms if transform.intensity.values is None else [*forms, values(transform)]


def checked(answer: Callable[..., Answer], specs: Sequence[tf.TensorSpec]) -> Signature:
    """A signature that refuses inputs whose shapes differ from `specs`, and batches of different lengths.

    A SavedModel records the shapes of its inputs, but model servers do not enforce them.
    """

    def signature(*inputs: tf.Tensor) -> Answer:
        with tf.control_dependencies([_check_shape(*given) for given in zip(inputs, specs, strict=True)]):
            inputs = tuple(map(tf.identity, inputs))
        batches = [tensor for tensor, spec in zip(inputs, specs, strict=True) if spec.shape.rank]
        with tf.control_dependencies([_check_lengths(batches)] if batches else []):
            return answer(*map(tf.identity, inputs))

    return tf.function(signature, specs, autograph=False)


def _check_shape(tensor: tf.Tensor, spec: tf.TensorSpec) -> tf.Operation:
    """Assert the shape of a tensor. Shapes are compared as text, because the number of axes may differ too."""
    lengths = spec.shape.as_list()
    expected = ", ".join("n" if length is None else str(length) for length in lengths)
    pattern = ", ".join(r"\d+" if length is None else str(length) for length in lengths)
    # TensorFlow would take a fixed shape from the signature and drop the check: of what is parsed it knows no shape.
    tensor = tf.io.parse_tensor(tf.io.serialize_tensor(tensor), tensor.dtype) if None not in lengths else tensor
    got = tf.strings.reduce_join(tf.strings.as_string(tf.shape(tensor)), separator=", ")
    message = tf.strings.join([f"{spec.name}: expected shape [{expected}], got [", got, "]"])
    return tf.debugging.Assert(tf.strings.regex_full_match(got, pattern), [message])


def _check_lengths(batches: Sequence[tf.Tensor]) -> tf.Operation:
    lengths = tf.stack([tf.shape(batch)[0] for batch in batches])
    message = tf.strings.format("expected inputs of the same length, got {}", lengths)
    return tf.debugging.Assert(tf.reduce_all(lengths == lengths[0]), [message])
