"""Comparison of the transform's decoder with Pillow: if they disagree on a file, ingest re-encodes it."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import tensorflow as tf

from vaeflow.components.images.decoding import decode, kinds


class Reference(NamedTuple):
    """An encoded image, and its RGB pixels as decoded by Pillow, row by row."""

    file: bytes
    height: int
    width: int
    rgb: bytes


def agrees(references: Sequence[Reference]) -> list[bool]:
    """For each image, whether TensorFlow can decode it and gets the same pixels."""
    if not references:
        return []
    try:
        return list(_compare()(*map(tf.constant, zip(*references, strict=True))).numpy())
    except tf.errors.OpError:  # one undecodable image fails the whole batch
        if len(references) == 1:
            return [False]
        middle = len(references) // 2
        return agrees(references[:middle]) + agrees(references[middle:])


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
