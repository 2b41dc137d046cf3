"""Whether the transform's decoder gives the pixels of a file that Pillow gave: else ingest writes the file anew."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import tensorflow as tf

from vaeflow.components.images.decoding import decode, kinds


class Seen(NamedTuple):
    """An encoded image, and its RGB pixels as Pillow shows them, row by row."""

    file: bytes
    height: int
    width: int
    rgb: bytes


def agrees(seen: Sequence[Seen]) -> list[bool]:
    """For each image whether TensorFlow decodes it, and to these pixels."""
    if not seen:
        return []
    try:
        return list(_compare()(*map(tf.constant, zip(*seen, strict=True))).numpy())
    except tf.errors.OpError:  # one that cannot be decoded takes the whole batch with it
        if len(seen) == 1:
            return [False]
        middle = len(seen) // 2
        return agrees(seen[:middle]) + agrees(seen[middle:])


@cache
def _compare() -> tf.types.experimental.GenericFunction:
    def same(image: tuple[tf.Tensor, ...]) -> tf.Tensor:
        file, kind, height, width, rgb = image
        decoded = decode(file, kind, tf.constant("the file"))
        same_size = tf.reduce_all(tf.shape(decoded) == tf.stack([height, width, 3]))
        return same_size & tf.reduce_all(tf.reshape(decoded, [-1]) == tf.io.decode_raw(rgb, tf.uint8))

    def compare(files: tf.Tensor, heights: tf.Tensor, widths: tf.Tensor, rgb: tf.Tensor) -> tf.Tensor:
        with tf.device("CPU:0"):
            return tf.map_fn(same, (files, kinds(files), heights, widths, rgb), fn_output_signature=tf.bool)

    text, number = tf.TensorSpec([None], tf.string), tf.TensorSpec([None], tf.int32)
    return tf.function(compare, [text, number, number, text], autograph=False)
