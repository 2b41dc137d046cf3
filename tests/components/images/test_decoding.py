"""The decoder in the graph, compared with ingest, which decodes the same file with Pillow."""

import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vaeflow.components.images.decoding import decode, kinds
from vaeflow.components.images.plain import read

XMP = '<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


@pytest.fixture(scope="module")
def photo():
    """A smooth RGB picture of 21×14 pixels in many colours."""
    rows, columns = np.mgrid[:14, :21]
    return Image.fromarray(np.stack([rows * 18, columns * 12, 255 - rows * columns % 256], axis=-1).astype(np.uint8))


@pytest.fixture(scope="module")
def decoded():
    """`decoded(file)` → uint8 [h, w, 3], by the graph."""
    scalar = [tf.TensorSpec([], tf.string)]
    return tf.function(
        lambda file: decode(file, kinds(file[None])[0], tf.constant("files[0]")), scalar, autograph=False
    )


@pytest.fixture(scope="module")
def assert_as_ingest(decoded):
    """`assert_as_ingest(file)`: asserts that the graph decodes the file as Pillow does."""

    def check(file):
        expected = np.asarray(read(file, 10**6).shown.convert("RGB"))
        np.testing.assert_array_equal(decoded(file), expected)

    return check


def png(width, height, depth, colour, *chunks):
    """A PNG of noise, with `chunks` before the pixels."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    rng = np.random.default_rng(depth + colour)
    rows = (b"\0" + rng.bytes((width * samples * depth + 7) // 8) for _ in range(height))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)), *chunks]
    if colour == 3:
        parts.insert(1, (b"PLTE", rng.bytes(3 * 2**depth)))
    parts += [(b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("options", [{"subsampling": "4:2:0"}, {"subsampling": "4:4:4"}, {"progressive": True}])
def test_jpeg(photo, encode, assert_as_ingest, mode, options):
    assert_as_ingest(encode(photo.convert(mode), "JPEG", **options))


GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
KINDS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}


@pytest.mark.parametrize(("depth", "colour"), [(depth, colour) for colour, depths in KINDS.items() for depth in depths])
def test_png_of_every_depth_and_kind_of_colour(assert_as_ingest, depth, colour):
    assert_as_ingest(png(13, 11, depth, colour))


@pytest.mark.parametrize(
    ("depth", "colour", "transparent"),
    [
        (8, GREY, b"\0\7"),
        (16, GREY, b"\0\7"),
        (8, RGB, b"\0\7\0\7\0\7"),
        (1, PALETTE, b"\0\x80"),
        (4, PALETTE, b"\0\x80\xff\1"),
        (8, PALETTE, b"\0\x80"),
    ],
)
def test_png_with_a_transparent_colour(assert_as_ingest, depth, colour, transparent):
    assert_as_ingest(png(13, 11, depth, colour, (b"tRNS", transparent)))


def test_interlaced_png(photo, encode, assert_as_ingest):
    assert_as_ingest(encode(photo.convert("P", palette=Image.Palette.ADAPTIVE), "PNG", interlace=1))


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA"])
def test_bmp(photo, encode, assert_as_ingest, mode):
    assert_as_ingest(encode(photo.convert(mode), "BMP"))


@pytest.mark.parametrize("options", [{"interlace": 0}, {"interlace": 1}, {"comment": b"a comment, of a block"}])
def test_gif(photo, encode, assert_as_ingest, options):
    assert_as_ingest(encode(photo, "GIF", **options))


def test_the_first_frame_of_an_animation(encode, assert_as_ingest):
    frames = [Image.new("RGB", (9, 5), colour) for colour in ("red", "blue")]
    assert_as_ingest(encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_the_orientation_in_exif(photo, encode, assert_as_ingest, orientation, byte_order, file_format):
    exif = Image.Exif()
    exif.endian = byte_order
    exif[0x010E], exif[0x0112] = "a description longer than its entry", orientation
    assert_as_ingest(encode(photo, file_format, exif=exif.tobytes()))


def test_the_orientation_in_xmp(photo, encode, assert_as_ingest):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP)
    upright, silent = Image.Exif(), Image.Exif()
    upright[0x0112], silent[0x010E] = 1, "no orientation"
    assert_as_ingest(encode(photo, "JPEG", xmp=XMP.encode()))
    for exif in (upright, silent, b"Exif\0\0not readable"):
        assert_as_ingest(encode(photo, "JPEG", xmp=XMP.encode(), exif=exif))
    assert_as_ingest(encode(photo, "PNG", pnginfo=info))


def test_the_orientation_together_with_transparency_and_depth(photo, encode, assert_as_ingest):
    exif = Image.Exif()
    exif[0x0112] = 6
    translucent = photo.copy()
    translucent.putalpha(90)
    for picture in (translucent, translucent.convert("LA"), photo.convert("I;16")):
        assert_as_ingest(encode(picture, "PNG", exif=exif))


def refusals(encode, photo):
    """Files that cannot be decoded as ingest does, by reason."""
    compressed, text = PngInfo(), PngInfo()
    compressed.add_itxt("XML:com.adobe.xmp", XMP, zip=True)
    text.add_text("Raw profile type exif", "\nexif\n4\n00000000")
    partial = bytearray(encode(photo, "GIF"))
    partial[partial.index(b"\x2c\0\0\0\0") + 1] = 1
    partial[6] += 1
    return {
        "is empty or not an image": b"",
        "is empty or not": b"no image at all",
        "is a WebP image": encode(photo, "WEBP"),
        "is a GIF with transparency": encode(photo.quantize(8), "GIF", transparency=3),
        "is a GIF whose first frame does not cover the image": bytes(partial),
        "is a BMP with other than 8, 24 or 32 bits per pixel": encode(photo.convert("1"), "BMP"),
        "is a compressed BMP": (lambda data: data[:30] + b"\3" + data[31:])(encode(photo, "BMP")),
        "is a grey PNG of less than 8 bits with transparency": png(4, 4, 2, 0, (b"tRNS", b"\0\1")),
        "is a PNG with compressed XMP data": encode(photo, "PNG", pnginfo=compressed),
        "is a PNG with EXIF data in a text chunk": encode(photo, "PNG", pnginfo=text),
    }


def test_what_cannot_be_shown_as_ingest_shows_it_is_refused_by_name(photo, encode, decoded):
    for reason, file in refusals(encode, photo).items():
        message = rf"files\[0\] {reason}.*expected JPEG, PNG, BMP or GIF"
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            decoded(file)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "GIF"])
def test_half_a_file_is_refused(photo, encode, decoded, file_format):
    file = encode(photo.resize((90, 90)), file_format)
    with pytest.raises(tf.errors.InvalidArgumentError):
        decoded(file[: len(file) // 2])
