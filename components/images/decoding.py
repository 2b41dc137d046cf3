"""Encoded images of any size become RGB pixels in a TensorFlow graph: the same as ingest makes of them with Pillow.

What TensorFlow cannot show as Pillow does is refused, with a message that names the file and the reason.
"""

import tensorflow as tf

from vaeflow.components.images.apart import apart
from vaeflow.components.images.colour import to_rgb
from vaeflow.components.images.metadata import MOST_PARTS, jpeg_metadata, png_metadata, upright
from vaeflow.components.images.octets import mentions, number, octets

EXPECTED = "expected JPEG, PNG, BMP or GIF"

_HEADER = 32  # bytes that tell all of these formats apart
_PNG_DEPTH, _PNG_COLOUR = 24, 25  # places of the bits per channel and of the kind of colour in a PNG
_BMP_BITS = (8, 24, 32)
_PNG_GREY, _PNG_WITH_ALPHA = 0, (4, 6)


def kinds(files: tf.Tensor) -> tf.Tensor:
    """Which of `DECODERS` each of the encoded images [n] needs, int32 [n]."""
    header = tf.io.decode_raw(files, tf.uint8, fixed_length=_HEADER)

    def begins(magic: bytes, at: int = 0) -> tf.Tensor:
        return tf.reduce_all(header[:, at : at + len(magic)] == tf.constant(list(magic), tf.uint8), axis=1)

    depth, colour = header[:, _PNG_DEPTH], header[:, _PNG_COLOUR]
    more_than_pixels = mentions(files, r"tRNS|eXIf|XML:com\.adobe\.xmp|Raw profile type exif")
    special_png = more_than_pixels | (depth == 16) | tf.reduce_any([colour == kind for kind in _PNG_WITH_ALPHA], axis=0)
    special_jpeg = mentions(files, r"Exif\x00\x00|http://ns\.adobe\.com/xap/1\.0/\x00")
    kind = tf.zeros(tf.shape(files), tf.int32)  # the first of the decoders: for what is none of the others
    for decoder, applies in (
        (_plain_png, begins(b"\x89PNG\r\n\x1a\n")),
        (_png, begins(b"\x89PNG\r\n\x1a\n") & special_png),
        (_plain_jpeg, begins(b"\xff\xd8\xff")),
        (_jpeg, begins(b"\xff\xd8\xff") & special_jpeg),
        (_gif, begins(b"GIF87a") | begins(b"GIF89a")),
        (_bmp, begins(b"BM")),
        (_webp, begins(b"RIFF") & begins(b"WEBP", at=8)),
    ):
        kind = tf.where(applies, DECODERS.index(decoder), kind)
    return kind


def decode(file: tf.Tensor, kind: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    """One encoded image, a scalar string, of a kind that `kinds` told → uint8 [h, w, 3]; errors call it `name`."""
    image = tf.switch_case(kind, [lambda decoder=decoder: decoder(file, name) for decoder in DECODERS])
    return tf.ensure_shape(image, [None, None, 3])


def _plain_png(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    """A PNG of at most 8 bits without transparency and orientation."""
    return tf.io.decode_png(file, channels=3)


def _plain_jpeg(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    """A JPEG without orientation."""
    # Pillow has the exact transform too; TensorFlow's default, and that of `decode_image`, is up to 5 levels off.
    return tf.io.decode_jpeg(file, channels=3, dct_method="INTEGER_ACCURATE")


@apart
def _png(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    metadata = png_metadata(file)
    depth, colour = (number(file, at, 1, big_endian=True) for at in (_PNG_DEPTH, _PNG_COLOUR))
    alpha = metadata.transparent | tf.reduce_any(colour == tf.constant(_PNG_WITH_ALPHA, tf.int64))
    known = _require(
        name,
        (~(metadata.transparent & (colour == _PNG_GREY) & (depth < 8)), "is a transparent grey PNG of under 8 bits"),
        (~mentions(file, "Raw profile type exif"), "is a PNG with EXIF data in a text chunk"),
        (~mentions(metadata.xmp, r"^XML:com\.adobe\.xmp\x00\x01"), "is a PNG with compressed XMP data"),
    )
    with tf.control_dependencies(known):
        image = tf.case(
            [
                ((colour == _PNG_GREY) & (depth == 16), lambda: _deep_grey(file)),
                (alpha, lambda: to_rgb(tf.io.decode_png(file, channels=4))),
            ],
            default=lambda: _plain_png(file, name),
        )
    return upright(image, metadata.exif, metadata.xmp)


def _deep_grey(file: tf.Tensor) -> tf.Tensor:
    deep = tf.cast(tf.io.decode_png(file, channels=1, dtype=tf.uint16), tf.int32)
    return to_rgb(tf.cast((deep + 128) // 257, tf.uint8))


@apart
def _jpeg(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    metadata = jpeg_metadata(file)
    return upright(_plain_jpeg(file, name), metadata.exif, metadata.xmp)


@apart
def _gif(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    """The first frame, if it covers the picture and has no transparency, which TensorFlow would paint black."""
    transparent, frame = _gif_first_frame(file)
    whole = tf.reduce_all(frame == tf.concat([tf.zeros(4, tf.int64), octets(file, 6, 4)], axis=0))
    known = _require(
        name,
        (~transparent, "is a GIF with transparency"),
        (whole, "is a GIF whose first frame is not the whole picture"),
    )
    with tf.control_dependencies(known):
        return tf.io.decode_image(file, channels=3, expand_animations=False)


def _gif_first_frame(file: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Whether it has a transparent colour; and its left, top, width and height, two bytes each."""
    extension, graphic_control = 0x21, 0xF9

    def byte(at: tf.Tensor) -> tf.Tensor:
        return number(file, at, 1, big_endian=False)

    def more(at: tf.Tensor, inside: tf.Tensor, transparent: tf.Tensor) -> tf.Tensor:
        return inside | (byte(at) == extension)

    def read(at: tf.Tensor, inside: tf.Tensor, transparent: tf.Tensor) -> tuple[tf.Tensor, ...]:
        begins = ~inside
        control = begins & (byte(at + 1) == graphic_control)
        transparent |= control & (byte(at + 3) % 2 == 1)
        step = tf.where(begins, tf.constant(2, tf.int64), 1 + byte(at))
        return at + step, begins | (byte(at) > 0), transparent

    flags = byte(tf.constant(10, tf.int64))
    colours = tf.where(flags >= 128, tf.bitwise.left_shift(tf.constant(2, tf.int64), flags % 8), tf.zeros_like(flags))
    start = (13 + 3 * colours, tf.constant(False), tf.constant(False))
    at, _, transparent = tf.while_loop(more, read, start, maximum_iterations=MOST_PARTS)
    return transparent, octets(file, at + 1, 8)


@apart
def _bmp(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    header, bits, compression = (number(file, at, size, big_endian=False) for at, size in ((14, 4), (28, 2), (30, 4)))
    known = _require(
        name,
        (
            (header >= 40) & tf.reduce_any(bits == tf.constant(_BMP_BITS, tf.int64)),
            "is a BMP of other than 8, 24 or 32 bits",
        ),
        (compression == 0, "is a compressed BMP"),
    )
    with tf.control_dependencies(known):
        stored = tf.io.decode_bmp(file)
    palette = tf.reshape(octets(file, 14 + header, 4 * 256), [256, 4])[:, 2::-1]
    return tf.cond(
        bits == 8,
        lambda: tf.cast(tf.gather(palette, tf.cast(stored[..., 0], tf.int32)), tf.uint8),
        lambda: stored[..., :3],
    )


@apart
def _webp(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    return _nothing(name, "is a WebP image")


@apart
def _unknown(file: tf.Tensor, name: tf.Tensor) -> tf.Tensor:
    return _nothing(name, "is empty or no image")


def _nothing(name: tf.Tensor, reason: str) -> tf.Tensor:
    with tf.control_dependencies(_require(name, (tf.constant(False), reason))):
        return tf.zeros([1, 1, 3], tf.uint8)


def _require(name: tf.Tensor, *claims: tuple[tf.Tensor, str]) -> list[tf.Operation]:
    """Checks that fail in the graph, each with what is wrong with the image where its claim is not true."""
    checks = [
        tf.debugging.Assert(holds, [tf.strings.join([name, f" {reason}: {EXPECTED}"])]) for holds, reason in claims
    ]
    return [check for check in checks if check is not None]


DECODERS = (_unknown, _plain_png, _png, _plain_jpeg, _jpeg, _gif, _bmp, _webp)
