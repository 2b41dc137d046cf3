"""Decoding of images in a TensorFlow graph, to the same RGB pixels as ingest gets with Pillow.

Stored values are scaled by the intensity of the source, as in ingest. Images that TensorFlow cannot decode as Pillow
does are refused; the message names the file and the reason. CMYK JPEGs with a black channel are converted by another
rounding, and differ by at most one grey level.
"""

from collections.abc import Sequence
from functools import reduce

import tensorflow as tf

from vaeflow.components.images.colour import on_white
from vaeflow.components.images.intensity import BY_TYPE, Intensity
from vaeflow.components.images.levels import to_levels
from vaeflow.components.images.metadata import MAX_PARTS, apply_orientation, jpeg_metadata, png_metadata
from vaeflow.components.images.noinline import noinline
from vaeflow.components.images.octets import contains, number, octets
from vaeflow.components.images.refusals import FOREIGN, Decoder, require, unknown

_HEADER = 32  # number of bytes that identify all of these formats
_PNG_DEPTH, _PNG_COLOUR = 24, 25  # offsets of bit depth and colour type in a PNG
_BMP_BITS = (8, 24, 32)
_PNG_GREY, _PNG_WITH_ALPHA = 0, (4, 6)


def kinds(files: tf.Tensor) -> tf.Tensor:
    """Index int32 [n] into `DECODERS` for each of the encoded images [n]."""
    header = tf.io.decode_raw(files, tf.uint8, fixed_length=_HEADER)

    def begins(magic: bytes, at: int = 0) -> tf.Tensor:
        return tf.reduce_all(header[:, at : at + len(magic)] == tf.constant(list(magic), tf.uint8), axis=1)

    depth, colour = header[:, _PNG_DEPTH], header[:, _PNG_COLOUR]
    more_than_pixels = contains(files, r"tRNS|eXIf|XML:com\.adobe\.xmp|Raw profile type exif")
    special_png = more_than_pixels | (depth == 16) | tf.reduce_any([colour == kind for kind in _PNG_WITH_ALPHA], axis=0)
    special_jpeg = contains(files, r"Exif\x00\x00|http://ns\.adobe\.com/xap/1\.0/\x00")
    kind = tf.zeros(tf.shape(files), tf.int32)  # the first decoder is for unknown formats
    for decoder, applies in (
        (_plain_png, begins(b"\x89PNG\r\n\x1a\n")),
        (_png, begins(b"\x89PNG\r\n\x1a\n") & special_png),
        (_plain_jpeg, begins(b"\xff\xd8\xff")),
        (_jpeg, begins(b"\xff\xd8\xff") & special_jpeg),
        (_gif, begins(b"GIF87a") | begins(b"GIF89a")),
        (_bmp, begins(b"BM")),
        *((decoder, reduce(tf.logical_or, [begins(*m) for m in magic])) for decoder, magic in FOREIGN.items()),
    ):
        kind = tf.where(applies, DECODERS.index(decoder), kind)
    return kind


def decode(file: tf.Tensor, kind: tf.Tensor, name: tf.Tensor, intensity: Intensity = BY_TYPE) -> tf.Tensor:
    """Decode one image, a scalar string of the given `kind` (see `kinds`), to uint8 [h, w, 3]; errors use `name`."""
    image = tf.switch_case(kind, [lambda decoder=decoder: decoder(file, name, intensity) for decoder in DECODERS])
    return tf.ensure_shape(image, [None, None, 3])


def _plain_png(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    """A PNG with at most 8 bits per channel, without transparency or orientation."""
    return _scale_png(file, tf.io.decode_png(file, channels=3), name, intensity)


def _scale_png(file: tf.Tensor, colours: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    """Scale decoded colours, unless the file has one bit per pixel, which is black or white by itself."""
    if intensity.is_by_type:
        return colours
    depth, colour = _png_kind(file)
    one_bit = (depth == 1) & (colour == _PNG_GREY)
    return tf.cond(one_bit, lambda: colours, lambda: to_levels(colours, intensity, name))


def _png_kind(file: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Bit depth and colour type."""
    depth, colour = (number(file, at, 1, big_endian=True) for at in (_PNG_DEPTH, _PNG_COLOUR))
    return depth, colour


def _plain_jpeg(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    """A JPEG without orientation."""
    # Exact, as in Pillow; TensorFlow's default, also in `decode_image`, is off by up to 5 grey levels.
    return to_levels(tf.io.decode_jpeg(file, channels=3, dct_method="INTEGER_ACCURATE"), intensity, name)


@noinline
def _png(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    metadata = png_metadata(file)
    depth, colour = _png_kind(file)
    alpha = metadata.transparent | tf.reduce_any(colour == tf.constant(_PNG_WITH_ALPHA, tf.int64))
    known = require(
        name,
        (
            ~(metadata.transparent & (colour == _PNG_GREY) & (depth < 8)),
            "is a grey PNG of less than 8 bits with transparency",
        ),
        (~contains(file, "Raw profile type exif"), "is a PNG with EXIF data in a text chunk"),
        (~contains(metadata.xmp, r"^XML:com\.adobe\.xmp\x00\x01"), "is a PNG with compressed XMP data"),
    )
    with tf.control_dependencies(known):
        image = tf.case(
            [
                (depth == 16, lambda: _deep_png(file, name, intensity)),
                (alpha, lambda: _translucent(file, name, intensity)),
            ],
            default=lambda: _plain_png(file, name, intensity),
        )
    return apply_orientation(image, metadata.exif, metadata.xmp)


def _deep_png(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    """A PNG of 16 bits per channel, with or without transparency."""
    decoded = tf.io.decode_png(file, channels=4, dtype=tf.uint16)
    opacity = to_levels(decoded[..., 3:], BY_TYPE, name)
    return on_white(to_levels(decoded[..., :3], intensity, name), opacity)


def _translucent(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    decoded = tf.io.decode_png(file, channels=4)
    return on_white(_scale_png(file, decoded[..., :3], name, intensity), decoded[..., 3:])


@noinline
def _jpeg(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    metadata = jpeg_metadata(file)
    return apply_orientation(_plain_jpeg(file, name, intensity), metadata.exif, metadata.xmp)


@noinline
def _gif(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    """The first frame, if it covers the image and is opaque: TensorFlow would decode transparency as black."""
    transparent, frame = _gif_first_frame(file)
    whole = tf.reduce_all(frame == tf.concat([tf.zeros(4, tf.int64), octets(file, 6, 4)], axis=0))
    known = require(
        name,
        (~transparent, "is a GIF with transparency"),
        (whole, "is a GIF whose first frame does not cover the image"),
    )
    with tf.control_dependencies(known):
        return to_levels(tf.io.decode_image(file, channels=3, expand_animations=False), intensity, name)


def _gif_first_frame(file: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Whether the frame has a transparent colour; and its left, top, width and height, as two bytes each."""
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
    at, _, transparent = tf.while_loop(more, read, start, maximum_iterations=MAX_PARTS)
    return transparent, octets(file, at + 1, 8)


@noinline
def _bmp(file: tf.Tensor, name: tf.Tensor, intensity: Intensity) -> tf.Tensor:
    header, bits, compression = (number(file, at, size, big_endian=False) for at, size in ((14, 4), (28, 2), (30, 4)))
    known = require(
        name,
        (
            (header >= 40) & tf.reduce_any(bits == tf.constant(_BMP_BITS, tf.int64)),
            "is a BMP with other than 8, 24 or 32 bits per pixel",
        ),
        (compression == 0, "is a compressed BMP"),
    )
    with tf.control_dependencies(known):
        stored = tf.io.decode_bmp(file)
    palette = tf.reshape(octets(file, 14 + header, 4 * 256), [256, 4])[:, 2::-1]
    colours = tf.cond(
        bits == 8,
        lambda: tf.cast(tf.gather(palette, tf.cast(stored[..., 0], tf.int32)), tf.uint8),
        lambda: stored[..., :3],
    )
    return to_levels(colours, intensity, name)


DECODERS: Sequence[Decoder] = (unknown, _plain_png, _png, _plain_jpeg, _jpeg, _gif, _bmp, *FOREIGN)
