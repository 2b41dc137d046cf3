"""PNG files about which there can be no two opinions. They are decoded together, if they are of one form.

These files consist of the pixels alone, with 8 bits in each of one or three channels, and without interlacing. All
other files, and damaged ones, need what `plain` and `decoding` know.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import tensorflow as tf

_BEGIN = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
_END = b"\0\0\0\0IEND\xaeB`\x82"
_KINDS = {b"\x08\0\0\0\0": 1, b"\x08\2\0\0\0": 3}
"""The number of channels by depth, colour type, compression, filter method and interlacing."""
_FIRST_CHUNK = 33  # its offset, after the header
_AROUND = 12  # bytes of a chunk beside its data: length, kind and checksum


class Form(NamedTuple):
    """The shape of decoded images."""

    height: int
    width: int
    channels: int

    @property
    def num_pixels(self) -> int:
        """Number of pixels."""
        return self.height * self.width


def form_of(file: bytes) -> Form | None:
    """The form that the header of a plain PNG announces; None for any other file."""
    channels = _KINDS.get(file[24:29])
    if channels is None or not file.startswith(_BEGIN) or not _has_only_pixels(file):
        return None
    return Form(int.from_bytes(file[16:20]), int.from_bytes(file[20:24]), channels)


def _has_only_pixels(file: bytes) -> bool:
    """Whether all chunks after the header are data of the pixels, up to the end."""
    at = _FIRST_CHUNK
    while file[at + 4 : at + 8] == b"IDAT":
        at += int.from_bytes(file[at : at + 4]) + _AROUND
    return at > _FIRST_CHUNK and file[at:] == _END


def decode_together(files: Sequence[bytes], form: Form) -> tf.Tensor | None:
    """Decode plain PNGs of one form to uint8 [n, h, w, c]; None if one of them is damaged."""
    try:
        return _decoding(form.channels)(tf.constant(files))
    except tf.errors.InvalidArgumentError:
        return None


@cache
def _decoding(channels: int) -> tf.types.experimental.GenericFunction:
    pixels = tf.TensorSpec([None, None, channels], tf.uint8)

    def decode(files: tf.Tensor) -> tf.Tensor:
        with tf.device("CPU:0"):
            return tf.map_fn(lambda file: tf.io.decode_png(file, channels), files, fn_output_signature=pixels)

    return tf.function(decode, [tf.TensorSpec([None], tf.string)], autograph=False)
