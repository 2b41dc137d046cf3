"""Black and white of new images: the graph scales the files and pixels of the source as ingest does."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.components.images.reading import deep_png
from vaeflow.components.images.config import Transform
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import read
from vaeflow.components.images.transform import files_to_examples, pixels_to_examples
from vaeflow.models.config import Observation

SHAPE = (5, 7)
WHITES = {
    "one": Intensity(white=1, highest=1),
    "sixteen": Intensity(white=16, highest=15),
    "twelve bits": Intensity(white=4095, highest=4095),
    "black": Intensity(black=10, white=200, highest=200),
    "centred": Intensity(black=-1, float_white=1, highest=1),
    "by type": Intensity(highest=255),
}


def transform(intensity, channels):
    return Transform(
        image_shape=(*SHAPE, channels),
        colour="grey" if channels == 1 else "rgb",
        resize="area",
        fit="crop",
        observation=Observation(),
        intensity=intensity,
    )


def noise(highest, channels=(), dtype=np.uint8):
    return np.random.default_rng(0).integers(0, highest + 1, (*SHAPE, *channels)).astype(dtype)


def assert_as_ingest(file, intensity):
    expected = np.asarray(read(file, 10**6, intensity).shown.convert("RGB"))
    np.testing.assert_array_equal(files_to_examples(transform(intensity, 3))(tf.constant([file]))[0], expected)
    return expected


@pytest.mark.parametrize("name", WHITES)
@pytest.mark.parametrize(
    "file_format", ["PNG", *(pytest.param(name, marks=pytest.mark.full) for name in ("JPEG", "BMP"))]
)
@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_file_is_scaled_as_in_ingest(encode, name, file_format, channels):
    intensity = WHITES[name]
    levels = noise(min(intensity.highest, 255), channels)
    assert_as_ingest(encode(Image.fromarray(levels), file_format), intensity)


@pytest.mark.parametrize("name", WHITES)
def test_a_grey_png_of_sixteen_bits_is_scaled_as_in_ingest(encode, name):
    assert_as_ingest(encode(Image.fromarray(noise(WHITES[name].highest, dtype=np.uint16))), WHITES[name])


@pytest.mark.parametrize("name", WHITES)
def test_colours_are_scaled_before_transparency_as_in_ingest(encode, name):
    levels = noise(min(WHITES[name].highest, 255), (4,))
    levels[..., 3] = noise(255)
    assert_as_ingest(encode(Image.fromarray(levels)), WHITES[name])
    grey = Image.fromarray(levels[..., 0])
    assert_as_ingest(encode(grey, transparency=int(levels[0, 0, 0])), WHITES[name])


def test_masks_stored_as_zero_and_one_are_black_and_white(encode):
    mask = noise(1)
    shown = assert_as_ingest(encode(Image.fromarray(mask)), WHITES["one"])
    np.testing.assert_array_equal(shown[..., 0], 255 * mask)


@pytest.mark.parametrize("name", WHITES)
def test_one_bit_is_black_and_white_wherever_white_is(encode, name):
    bits = noise(1).astype(bool)
    shown = assert_as_ingest(encode(Image.fromarray(bits)), WHITES[name])
    np.testing.assert_array_equal(shown[..., 0], 255 * bits)


@pytest.mark.parametrize("name", WHITES)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pixels_are_scaled_as_an_array_in_ingest(name, channels):
    intensity = WHITES[name]
    array = noise(min(intensity.highest, 255), (channels,))
    expected = np.asarray(read(array, 10**6, intensity).shown.convert("RGB"))
    np.testing.assert_array_equal(pixels_to_examples(transform(intensity, 3))(array[None])[0], expected)


def test_values_in_another_unit_are_refused(encode):
    picture = Image.fromarray(np.full(SHAPE, 255, np.uint8))
    wanted = transform(WHITES["sixteen"], 1)
    message = r"expected values from 0 \(black\) to 16 \(white\), got 255"
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"files\[0\]: {message}"):
        files_to_examples(wanted)(tf.constant([encode(picture)]))
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"pixels: {message}"):
        pixels_to_examples(wanted)(np.asarray(picture)[None, ..., None])


def test_values_that_the_source_contained_are_clipped():
    wanted = transform(Intensity(white=16, highest=200), 1)
    pixels = np.full((1, *SHAPE, 1), 200, np.uint8)
    np.testing.assert_array_equal(pixels_to_examples(wanted)(pixels), np.full_like(pixels, 255))


@pytest.mark.parametrize("name", WHITES)
@pytest.mark.parametrize("channels", [2, 3, 4])
def test_a_png_of_sixteen_bit_colours_is_scaled_as_in_ingest(name, channels):
    stored = noise(WHITES[name].highest, (channels,), np.uint16)
    if channels != 3:
        stored[..., -1] = noise(65535, dtype=np.uint16)
    assert_as_ingest(deep_png(stored), WHITES[name])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_transparent_colour_of_sixteen_bits_is_white(channels):
    stored = noise(4095, (channels,), np.uint16)
    shown = assert_as_ingest(deep_png(stored, transparent=stored[1, 2]), WHITES["twelve bits"])
    expected = np.rint(stored / 4095 * 255) * np.ones(3)
    expected[(stored == stored[1, 2]).all(axis=-1)] = 255
    np.testing.assert_array_equal(shown, expected)


@pytest.mark.parametrize(
    ("file_format", "name"),
    [("WEBP", "WebP"), ("TIFF", "TIFF"), ("PPM", "PGM or PPM"), ("JPEG2000", "JPEG 2000"), ("AVIF", "AVIF")],
)
def test_formats_that_only_ingest_reads_are_refused_by_name(encode, picture, file_format, name):
    file = encode(picture, file_format)
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"files\[0\] is an? {name} image: expected JPEG, PNG"):
        files_to_examples(transform(WHITES["by type"], 3))(tf.constant([file]))
