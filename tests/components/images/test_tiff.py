"""TIFF files of every kind of values are read as they are, or refused by name."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.components.images.reading import MANY, pixels
from tests.components.images.tiff_files import noise, tiff
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import read
from vaeflow.components.images.unreadable import UnreadableError

LAYOUTS = [{"big": big, "deflate": deflate} for big in (False, True) for deflate in (False, True)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("channels", "extra"), [(3, None), (4, 0)])
def test_colours_of_sixteen_bits_keep_them(layout, channels, extra):
    stored = noise(4, 5, channels, highest=4095)
    shown = read(tiff(stored, extra=extra, **layout), MANY, Intensity(white=4095))
    np.testing.assert_array_equal(shown.shown, np.rint(stored[..., :3] / 4095 * 255))
    assert shown.range.kind == "uint16"
    assert (shown.range.low, shown.range.high) == (stored[..., :3].min(), stored[..., :3].max())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_opacity_of_sixteen_bits_is_not_scaled_by_white(layout):
    stored = noise(2, 3, 4, highest=15)
    stored[0, :, 3], stored[1, :, 3] = 65535, 0
    expected = np.rint(stored[..., :3] / 15 * 255)
    expected[1] = 255
    np.testing.assert_array_equal(pixels(tiff(stored, extra=2, **layout), white=15), expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.int32, np.float32])
def test_grey_values_are_in_the_order_of_bytes_of_the_file(layout, dtype):
    stored = noise(3, 4, dtype=dtype, highest=1000)
    shown = read(tiff(stored, **layout), MANY, Intensity(white=1000))
    np.testing.assert_array_equal(shown.shown, np.rint(stored / 1000 * 255))
    assert (shown.range.low, shown.range.high) == (stored.min(), stored.max())


def test_signed_bytes_are_signed():
    stored = np.array([[-128, 0, 127]], np.int8)
    np.testing.assert_array_equal(pixels(tiff(stored), black=-128), [[0, 128, 255]])
    assert read(tiff(stored), MANY).range.low == -128


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize(
    ("stored", "intensity"),
    [
        (np.array([[0, 51, 255]], np.uint8), {}),
        (np.array([[0, 13107, 65535]], np.uint16), {}),
        (np.array([[0, 819, 4095]], np.uint16), {"white": 4095}),
        (np.array([[0, 0.2, 1]], np.float32), {"float_white": 1}),
    ],
)
def test_zero_is_white_where_the_file_says_so(stored, intensity, deflate):
    np.testing.assert_array_equal(pixels(tiff(stored, photometric=0, deflate=deflate), **intensity), [[255, 204, 0]])


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (tiff(noise(2, 3, 3), planes=True), "separate planes of 16 bits"),
        (tiff(noise(2, 3, 3), planes=True, deflate=True), "separate planes of 16 bits"),
        (tiff(noise(2, 3, 4, dtype=np.uint8), planes=True, deflate=True), "separate planes .* opacity; save it as"),
        (tiff(noise(2, 3, 4), extra=1), "multiplied by the opacity"),
        (tiff(noise(2, 3, 2), extra=2), "a kind of pixels that cannot be read; save it as PNG"),
        (tiff(noise(2, 3, 4), photometric=5), "CMYK colours of 16 bits; save it in RGB"),
        (tiff(noise(2, 3, 4), photometric=5, deflate=True), "CMYK colours of 16 bits; save it in RGB"),
        (tiff(noise(2, 3, 3, dtype=np.uint8, highest=255), photometric=6), "uncompressed colours in YCbCr; save it in"),
        (tiff(noise(2, 3, 3, dtype=np.uint8, highest=255), photometric=8), "colours in CIELAB; save it in RGB"),
        (tiff(noise(2, 3, dtype=np.float64)), "a kind of pixels that cannot be read"),
        (tiff(noise(2, 3), big=True, photometric=0), "a kind of pixels that cannot be read"),
    ],
)
def test_what_pillow_would_read_wrongly_is_refused_by_name(file, reason):
    with pytest.raises(UnreadableError, match=reason):
        read(file, MANY)


def test_planes_of_eight_bits_are_read():
    stored = noise(4, 5, 3, dtype=np.uint8, highest=255)
    np.testing.assert_array_equal(pixels(tiff(stored, planes=True)), stored)


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_compressed_ycbcr_and_cmyk_of_eight_bits_are_read(mode):
    buffer = io.BytesIO()
    compression = {"RGB": "jpeg", "CMYK": "raw"}[mode]
    Image.new("RGB", (16, 16), (90, 30, 200)).convert(mode).save(buffer, "TIFF", compression=compression)
    np.testing.assert_allclose(pixels(buffer.getvalue()).astype(int)[0, 0], (90, 30, 200), atol=2)


def pages(*pictures):
    buffer = io.BytesIO()
    pictures[0].save(buffer, "TIFF", save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


def test_a_stack_of_images_is_refused_and_a_preview_ignored(picture):
    with pytest.raises(UnreadableError, match=r"several images of one size; .* npz:PATH"):
        read(pages(picture, picture.rotate(180)), MANY)
    np.testing.assert_array_equal(pixels(pages(picture, Image.new("RGB", (2, 2)))), picture)


def described(picture, text):
    buffer = io.BytesIO()
    picture.save(buffer, "TIFF", description=text)
    return buffer.getvalue()


def test_a_stack_that_only_imagej_sees_is_refused(picture):
    with pytest.raises(UnreadableError, match="several images of one size"):
        read(described(picture, "ImageJ=1.53t\nimages=10\nslices=10\n"), MANY)
    for text in ("ImageJ=1.53t\nimages=1\n", "ImageJ=1.53t\nunit=micron\n"):
        np.testing.assert_array_equal(pixels(described(picture, text)), picture)
