"""The one way from an image of any size to an example: preprocess applies it, and the exported encoder holds it.

An image is decoded, cropped if it has to fill the frame, resized, padded if it has to fit inside, and made grey if
wanted, all in one TensorFlow graph on the CPU. An image of the wanted size keeps its pixels.
"""

from collections.abc import Callable
from functools import cache

import tensorflow as tf

from vaeflow.components.images.apart import apart
from vaeflow.components.images.colour import luma, to_rgb
from vaeflow.components.images.config import Transform
from vaeflow.components.images.decoding import decode, kinds

_AT_A_TIME = 4  # a photograph of 12 megapixels needs some 200 MB on its way

Function = Callable[[tf.Tensor], tf.Tensor]


@cache
def files_to_examples(transform: Transform) -> Function:
    """A graph from encoded images [n] of JPEG, PNG, BMP or GIF, of any sizes, to examples uint8 [n, h, w, c].

    It fails with `InvalidArgumentError` for an image that cannot be decoded, or not as ingest decodes it.
    """

    def convert(files: tf.Tensor) -> tf.Tensor:
        def example(image: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> tf.Tensor:
            return _framed(decode(*image)[tf.newaxis], transform)[0]

        with tf.device("CPU:0"):
            numbers = tf.strings.as_string(tf.range(tf.size(files)))
            images = (files, kinds(files), tf.strings.join(["files[", numbers, "]"]))
            result = tf.TensorSpec(transform.image_shape, tf.uint8)
            return tf.map_fn(example, images, parallel_iterations=_AT_A_TIME, fn_output_signature=result)

    return tf.function(convert, [tf.TensorSpec([None], tf.string, "files")], autograph=False)


@cache
def pixels_to_examples(transform: Transform) -> Function:
    """A graph from images uint8 [n, h, w, c] of one size to examples; c is 1 (grey), 3 (RGB), or 2 or 4 with alpha."""

    def convert(pixels: tf.Tensor) -> tf.Tensor:
        with tf.device("CPU:0"):
            return _framed(to_rgb(pixels), transform)

    return tf.function(convert, [tf.TensorSpec([None] * 4, tf.uint8, "pixels")], autograph=False)


def _framed(rgb: tf.Tensor, transform: Transform) -> tf.Tensor:
    """RGB images uint8 [n, any, any, 3] → examples uint8 [n, h, w, c]."""
    fits = tf.reduce_all(_size(rgb) == transform.image_shape[:2])
    framed = tf.cond(fits, lambda: rgb, lambda: _resized(transform)(rgb))
    coloured = luma(framed) if transform.colour == "grey" else framed
    return tf.ensure_shape(coloured, [None, *transform.image_shape])


@cache
def _resized(transform: Transform) -> Function:
    """A graph from RGB images uint8 [n, any, any, 3] to those of the frame's size, uint8 [n, h, w, 3].

    crop fills the frame and cuts what stands out on both sides; pad fits the image in and leaves black around it.
    """

    @apart
    def resize(rgb: tf.Tensor) -> tf.Tensor:
        frame = tf.constant(transform.image_shape[:2], tf.int64)
        if transform.fit == "crop":
            rgb, size = _middle(rgb, _largest(frame, within=_size(rgb))), frame
        else:
            size = _largest(_size(rgb), within=frame)
        resized = tf.image.resize(rgb, tf.cast(size, tf.int32), transform.resize, antialias=True)
        return _surrounded(tf.saturate_cast(tf.round(resized), tf.uint8), frame)

    return resize


def _size(images: tf.Tensor) -> tf.Tensor:
    """Height and width of images [n, h, w, c]: int64, since products of them are taken."""
    return tf.shape(images, tf.int64)[1:3]


def _largest(proportions: tf.Tensor, within: tf.Tensor) -> tf.Tensor:
    """The largest [height, width] of these proportions, to the nearest pixel and at least one, that fits inside."""
    # One side is the whole of `within`; the other follows, and is the longer where the proportions are the other's.
    fitted = (2 * proportions * within[::-1] + proportions[::-1]) // (2 * proportions[::-1])
    return tf.clip_by_value(fitted, 1, within)


def _middle(images: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Images [n, h, w, c] → the [height, width] in their middle."""
    top, left = tf.unstack((_size(images) - size) // 2)
    return images[:, top : top + size[0], left : left + size[1]]


def _surrounded(images: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Images [n, h, w, c] with black around them, up to [height, width]."""
    room = size - _size(images)
    before = room // 2
    sides = tf.stack([before, room - before], axis=1)
    return tf.pad(images, tf.concat([[[0, 0]], sides, [[0, 0]]], axis=0))
