"""The transform of images of any size to examples, used by preprocess and contained in the exported encoder.

One TensorFlow graph on the CPU decodes an image, crops it to the proportions of the frame or resizes it to fit inside
and pads it, and converts it to grey if required. Images that have the size of the frame keep their pixels.
"""

from collections.abc import Callable
from functools import cache

import tensorflow as tf

from vaeflow.components.images.colour import opaque, to_grey, to_rgb
from vaeflow.components.images.config import Transform
from vaeflow.components.images.decoding import decode, kinds
from vaeflow.components.images.levels import to_levels
from vaeflow.components.images.noinline import noinline

_PARALLEL_IMAGES = 4  # a photograph of 12 megapixels takes about 200 MB

Function = Callable[[tf.Tensor], tf.Tensor]

FILES = tf.TensorSpec([None], tf.string, "files")
PIXELS = tf.TensorSpec([None] * 4, tf.uint8, "pixels")
VALUES = tf.TensorSpec([None] * 4, tf.float32, "values")
"""The inputs of the three graphs."""


@cache
def files_to_examples(transform: Transform) -> Function:
    """A graph from encoded images [n] (JPEG, PNG, BMP or GIF) of any sizes to examples uint8 [n, h, w, c].

    The graph raises `InvalidArgumentError` if an image cannot be decoded, or not to the same pixels as in ingest.
    """

    def convert(files: tf.Tensor) -> tf.Tensor:
        def example(image: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> tf.Tensor:
            return _to_examples(decode(*image, transform.intensity)[tf.newaxis], transform)[0]

        with tf.device("CPU:0"):
            numbers = tf.strings.as_string(tf.range(tf.size(files)))
            images = (files, kinds(files), tf.strings.join(["files[", numbers, "]"]))
            result = tf.TensorSpec(transform.image_shape, tf.uint8)
            return tf.map_fn(example, images, parallel_iterations=_PARALLEL_IMAGES, fn_output_signature=result)

    return tf.function(convert, [FILES], autograph=False)


@cache
def pixels_to_examples(transform: Transform) -> Function:
    """A graph from images uint8 [n, h, w, c] of one size to examples; c is 1 (grey) or 3 (RGB), 2 or 4 with alpha."""
    return _arrays_to_examples(transform, PIXELS)


@cache
def values_to_examples(transform: Transform) -> Function:
    """As `pixels_to_examples`, from float32 in the scale of the source, `transform.intensity.values`."""
    return _arrays_to_examples(transform, VALUES)


def _arrays_to_examples(transform: Transform, spec: tf.TensorSpec) -> Function:
    def convert(arrays: tf.Tensor) -> tf.Tensor:
        with tf.device("CPU:0"):
            return _to_examples(opaque(to_levels(arrays, transform.intensity, tf.constant(spec.name))), transform)

    return tf.function(convert, [spec], autograph=False)


def _to_examples(images: tf.Tensor, transform: Transform) -> tf.Tensor:
    """Grey or RGB images uint8 [n, any, any, 1 or 3] → examples uint8 [n, h, w, c]."""
    fits = tf.reduce_all(_size(images) == transform.image_shape[:2])
    resized = tf.cond(fits, lambda: images, lambda: _resizing(transform)(images))
    coloured = to_grey(resized) if transform.colour == "grey" else to_rgb(resized)
    return tf.ensure_shape(coloured, [None, *transform.image_shape])


@cache
def _resizing(transform: Transform) -> Function:
    """A graph from grey or RGB images uint8 [n, any, any, c] to images of the size of the frame, uint8 [n, h, w, c].

    'crop' cuts the image on both sides so that it fills the frame; 'pad' fits it inside the frame and adds black.
    """

    @noinline
    def resize(images: tf.Tensor) -> tf.Tensor:
        frame = tf.constant(transform.image_shape[:2], tf.int64)
        if transform.fit == "crop":
            images, size = _central_crop(images, _largest_fit(frame, within=_size(images))), frame
        else:
            size = _largest_fit(_size(images), within=frame)
        resized = tf.image.resize(images, tf.cast(size, tf.int32), transform.resize, antialias=True)
        return _pad(tf.saturate_cast(tf.round(resized), tf.uint8), frame)

    return resize


def _size(images: tf.Tensor) -> tf.Tensor:
    """Height and width of images [n, h, w, c]; int64, because they are multiplied."""
    return tf.shape(images, tf.int64)[1:3]


def _largest_fit(proportions: tf.Tensor, within: tf.Tensor) -> tf.Tensor:
    """The largest [height, width] with these proportions that fits `within`, to the nearest pixel and at least 1."""
    # Each side as if the other filled `within`; clipping corrects the side that would be too long.
    fitted = (2 * proportions * within[::-1] + proportions[::-1]) // (2 * proportions[::-1])
    return tf.clip_by_value(fitted, 1, within)


def _central_crop(images: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Crop images [n, h, w, c] to the central [height, width]."""
    top, left = tf.unstack((_size(images) - size) // 2)
    return images[:, top : top + size[0], left : left + size[1]]


def _pad(images: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Pad images [n, h, w, c] with black on all sides to [height, width]."""
    room = size - _size(images)
    before = room // 2
    sides = tf.stack([before, room - before], axis=1)
    return tf.pad(images, tf.concat([[[0, 0]], sides, [[0, 0]]], axis=0))
