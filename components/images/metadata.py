"""Metadata of JPEG and PNG files, read in a TensorFlow graph: EXIF, XMP, and the orientation that they give.

As in Pillow, EXIF takes precedence over XMP, and the last of several entries over the others.
"""

from typing import NamedTuple

import tensorflow as tf

from vaeflow.components.images.noinline import noinline
from vaeflow.components.images.octets import contains, number, octets, starts_with, to_number

_JPEG_START_OF_SCAN, _JPEG_END, _JPEG_APP1, _JPEG_FILL = 0xDA, 0xD9, 0xE1, 0xFF
_JPEG_BARE = (0x00, 0x01, *range(0xD0, 0xD9))  # markers without a length
_XMP_ORIENTATION = r'tiff:Orientation(?:="|>)([0-9])'
_TAG = 0x0112
_NUMBERS = {1: 1, 3: 2, 4: 4}  # sizes of BYTE, SHORT and LONG
MAX_PARTS = 10_000  # maximum number of parts of a file that are read, because a request may contain anything
_ENTRY = 12  # bytes of an entry in a TIFF directory: tag (2), type (2), count (4), value (4)


class Metadata(NamedTuple):
    """Scalar tensors: EXIF as the bytes of a TIFF file and XMP as text, both empty if there is none."""

    exif: tf.Tensor
    xmp: tf.Tensor
    transparent: tf.Tensor
    """Whether a colour or the palette of a PNG is transparent (tRNS)."""


def jpeg_metadata(file: tf.Tensor) -> Metadata:
    """Read the segments of a JPEG (ITU-T T.81, annex B) up to its first scan."""

    def more(at: tf.Tensor, last: tf.Tensor, *_: tf.Tensor) -> tf.Tensor:
        return ~last & (at + 4 <= tf.cast(tf.strings.length(file), tf.int64))

    def read(at: tf.Tensor, last: tf.Tensor, exif: tf.Tensor, xmp: tf.Tensor) -> tuple[tf.Tensor, ...]:
        marker = number(file, at + 1, 1, big_endian=True)
        length = number(file, at + 2, 2, big_endian=True)
        content = tf.strings.substr(file, at + 4, tf.maximum(length - 2, 0))
        whole = number(file, at, 1, big_endian=True) == 0xFF
        app1 = whole & (marker == _JPEG_APP1)
        exif = tf.where(app1 & starts_with(content, r"Exif\x00\x00"), exif + _without_prefix(content), exif)
        xmp = tf.where(app1 & starts_with(content, r"http://ns\.adobe\.com/xap/1\.0/\x00"), content, xmp)
        measured = tf.reduce_all(marker != tf.constant(_JPEG_BARE, tf.int64))
        fill = marker == _JPEG_FILL  # any number of fill bytes may precede a marker
        step = tf.where(fill, tf.constant(1, tf.int64), 2 + tf.where(measured, length, tf.zeros_like(length)))
        last = ~whole | (marker == _JPEG_START_OF_SCAN) | (marker == _JPEG_END)
        return at + step, last, exif, xmp

    start = (tf.constant(2, tf.int64), tf.constant(False), tf.constant(""), tf.constant(""))
    _, _, exif, xmp = tf.while_loop(more, read, start, maximum_iterations=MAX_PARTS)
    return Metadata(exif, xmp, tf.constant(False))


def png_metadata(file: tf.Tensor) -> Metadata:
    """Read all chunks of a PNG (ISO/IEC 15948, clause 5)."""

    def more(at: tf.Tensor, *_: tf.Tensor) -> tf.Tensor:
        return at + 12 <= tf.cast(tf.strings.length(file), tf.int64)

    def read(at: tf.Tensor, exif: tf.Tensor, xmp: tf.Tensor, transparent: tf.Tensor) -> tuple[tf.Tensor, ...]:
        length, kind = number(file, at, 4, big_endian=True), tf.strings.substr(file, at + 4, 4)
        content = tf.strings.substr(file, at + 8, length)
        exif = tf.where(kind == b"eXIf", _without_prefix(content), exif)
        xmp = tf.where((kind == b"iTXt") & starts_with(content, r"XML:com\.adobe\.xmp\x00"), content, xmp)
        return at + 12 + length, exif, xmp, transparent | (kind == b"tRNS")

    start = (tf.constant(8, tf.int64), tf.constant(""), tf.constant(""), tf.constant(False))
    _, exif, xmp, transparent = tf.while_loop(more, read, start, maximum_iterations=MAX_PARTS)
    return Metadata(exif, xmp, transparent)


def _without_prefix(exif: tf.Tensor) -> tf.Tensor:
    return tf.strings.regex_replace(exif, r"^(?:Exif\x00\x00)+", "", replace_global=False)


@noinline
def apply_orientation(image: tf.Tensor, exif: tf.Tensor, xmp: tf.Tensor) -> tf.Tensor:
    """Rotate and mirror an image [h, w, c] according to its metadata."""
    turn = _orientation(exif, xmp)
    transposed = tf.cond(turn >= 5, lambda: tf.transpose(image, [1, 0, 2]), lambda: image)
    flips = tf.constant([[1, 1], [1, -1], [-1, -1], [-1, 1], [1, 1], [1, -1], [-1, -1], [-1, 1]])
    rows, columns = tf.unstack(flips[turn - 1])
    return transposed[::rows, ::columns]


def _orientation(exif: tf.Tensor, xmp: tf.Tensor) -> tf.Tensor:
    """The orientation by EXIF's numbers, int64 from 1 (as stored) to 8."""
    tagged, from_exif = _exif_orientation(exif)
    turn = tf.where(tagged, from_exif, _xmp_orientation(xmp))
    unreadable = (exif != "") & ~starts_with(exif, r"II\*\x00|MM\x00\*")  # then XMP is ignored, as in Pillow
    return tf.where(~unreadable & (turn >= 1) & (turn <= 8), turn, tf.ones_like(turn))


def _exif_orientation(exif: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Whether the first directory (TIFF 6.0, section 2) has the tag, and its value."""
    big_endian = starts_with(exif, "MM")
    directory = number(exif, 4, 4, big_endian=big_endian)
    count = number(exif, directory, 2, big_endian=big_endian)
    # At least one entry, because a length of zero cannot be read; an extra one does not have the tag.
    entries = tf.reshape(octets(exif, directory + 2, _ENTRY * tf.maximum(count, 1)), [-1, _ENTRY])
    tags, types, counts = (
        to_number(entries[:, start : start + size], size, big_endian) for start, size in ((0, 2), (2, 2), (4, 4))
    )
    value = tf.zeros_like(tags)
    for number_type, size in _NUMBERS.items():
        written = to_number(entries[:, 8 : 8 + size], size, big_endian)
        value = tf.where((types == number_type) & (counts == 1), written, value)
    here = tf.cast(tags == _TAG, tf.int64)
    last = tf.argmax(here * tf.range(1, tf.size(here, tf.int64) + 1))
    return tf.reduce_any(tags == _TAG), value[last]


def _xmp_orientation(xmp: tf.Tensor) -> tf.Tensor:
    digit = tf.strings.regex_replace(xmp, rf"(?s)^\C*?{_XMP_ORIENTATION}\C*$", r"\1", replace_global=False)
    return tf.strings.to_number(tf.where(contains(xmp, _XMP_ORIENTATION), digit, "1"), tf.int64)
