"""Refusal of files in a TensorFlow graph, with the reason."""

from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.noinline import noinline

EXPECTED = "expected JPEG, PNG, BMP or GIF"

Decoder = Callable[[tf.Tensor, tf.Tensor, Intensity], tf.Tensor]


def refusing(reason: str) -> Decoder:
    """A decoder that refuses every file."""

    @noinline
    def refuse(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
        with tf.control_dependencies(require(name, (tf.constant(False), reason))):
            return tf.zeros([1, 1, 3], tf.uint8)

    return refuse


unknown = refusing("is empty or not an image")


def require(name: tf.Tensor, *claims: tuple[tf.Tensor, str]) -> list[tf.Operation]:
    """Assertions in the graph, each of a claim with the message for when it does not hold."""
    checks = [
        tf.debugging.Assert(holds, [tf.strings.join([name, f" {reason}: {EXPECTED}"])]) for holds, reason in claims
    ]
    return [check for check in checks if check is not None]


FOREIGN: Mapping[Decoder, Sequence[tuple[bytes, int]]] = {
    refusing("is a WebP image"): [(b"WEBP", 8)],
    refusing("is a TIFF image"): [(b"II*\0", 0), (b"MM\0*", 0)],
    refusing("is a PGM or PPM image"): [(b"P%d" % number, 0) for number in range(1, 8)],
    refusing("is a JPEG 2000 image"): [(b"\0\0\0\x0cjP  ", 0), (b"\xff\x4f\xff\x51", 0)],
    refusing("is an AVIF image"): [(b"ftypavif", 4), (b"ftypavis", 4)],
    refusing("is a NumPy array"): [(b"\x93NUMPY", 0)],
}
"""Decoders that refuse what ingest reads and TensorFlow does not, with magic bytes and their offsets."""
