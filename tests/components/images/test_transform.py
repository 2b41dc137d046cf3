"""The transform, compared with area averages in exact arithmetic and with Pillow."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from vaeflow.components.images.config import Transform
from vaeflow.components.images.transform import files_to_examples, pixels_to_examples
from vaeflow.models.config import Observation


def transform(height, width, colour="grey", resize="area", fit="crop"):
    shape = (height, width, 1 if colour == "grey" else 3)
    return Transform(image_shape=shape, colour=colour, resize=resize, fit=fit, observation=Observation())


def framed(pixels, wanted):
    """The example uint8 [h, w, c] of an image [h, w] or [h, w, c]."""
    array = np.asarray(pixels, np.uint8)
    return pixels_to_examples(wanted)(array.reshape(1, *array.shape[:2], -1)).numpy()[0]


def averages(length, parts):
    """Fractions [parts, length] of pixels of length 1 that are covered by cells of equal length."""
    edges = np.linspace(0, length, parts + 1)
    overlap = np.minimum.outer(edges[1:], np.arange(length) + 1) - np.maximum.outer(edges[:-1], np.arange(length))
    return overlap.clip(0) * parts / length


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("resize", ["area", "bilinear"])
@pytest.mark.parametrize(("colour", "channels"), [("grey", 1), ("rgb", 3)])
def test_an_image_of_the_right_size_keeps_its_pixels(fit, resize, colour, channels):
    pixels = np.arange(5 * 52 * channels, dtype=np.uint8).reshape(5, 52, channels)
    np.testing.assert_array_equal(framed(pixels, transform(5, 52, colour, resize, fit)), pixels)


@pytest.mark.parametrize("shape", [(3, 5), (7, 11), (12, 20), (17, 28), (40, 60)])
def test_area_resizing_is_the_average_over_each_cell_at_every_scale(shape):
    pixels = np.random.default_rng(0).integers(0, 256, (12, 20))
    expected = averages(12, shape[0]) @ pixels @ averages(20, shape[1]).T
    wanted = transform(*shape, fit="pad")
    inner = tf.image.resize(pixels[..., None], shape, "area")[..., 0]
    np.testing.assert_allclose(inner, expected, atol=0.01)
    if shape[0] * 20 == shape[1] * 12:
        np.testing.assert_allclose(framed(pixels, wanted)[..., 0], expected, atol=0.51)


@pytest.mark.parametrize("shape", [(6, 9), (20, 30), (64, 96)])
@pytest.mark.parametrize("colour", ["grey", "rgb"])
def test_bilinear_resizing_agrees_with_pillow(shape, colour):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8))
    mode = {"grey": "L", "rgb": "RGB"}[colour]
    expected = np.asarray(picture.resize(shape[::-1], Image.Resampling.BILINEAR).convert(mode))
    got = framed(picture, transform(*shape, colour, resize="bilinear"))
    np.testing.assert_allclose(got.squeeze().astype(int), expected.astype(int), atol=1)


def test_crop_fills_the_frame_and_cuts_both_sides_alike():
    pixels = np.zeros((4, 12))
    pixels[:, 4:8] = 200
    np.testing.assert_array_equal(framed(pixels, transform(4, 4)), 200)
    np.testing.assert_array_equal(framed(pixels, transform(2, 2)), 200)
    np.testing.assert_array_equal(framed(pixels.T, transform(2, 2)), 200)


def test_pad_fits_the_image_in_and_leaves_black_around_it():
    shown = framed(np.full((4, 8), 200), transform(4, 4, fit="pad"))[..., 0]
    np.testing.assert_array_equal(shown, [[0] * 4, [200] * 4, [200] * 4, [0] * 4])
    shown = framed(np.full((2, 2), 200), transform(2, 4, fit="pad"))[..., 0]
    np.testing.assert_array_equal(shown, [[0, 200, 200, 0]] * 2)


@pytest.mark.parametrize("size", [(13, 21), (21, 13), (30, 30), (7, 90)])
def test_crop_follows_pillow_which_cuts_through_pixels(size):
    down, across = 90 / size[0], 150 / size[1]
    gradient = np.add.outer(np.arange(size[0]) * down, np.arange(size[1]) * across).astype(np.uint8)
    expected = ImageOps.fit(Image.fromarray(gradient), (8, 12), Image.Resampling.BILINEAR)
    got = framed(gradient, transform(12, 8, resize="bilinear"))[..., 0]
    np.testing.assert_allclose(got.astype(int), np.asarray(expected).astype(int), atol=1 + max(down, across) / 2)


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("shape", [(1, 1000), (1000, 1), (1, 1)])
def test_the_thinnest_image_still_gives_an_example(fit, shape):
    assert framed(np.full(shape, 200), transform(8, 8, fit=fit)).max() == 200


def test_grey_is_pillows_luma():
    colours = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    expected = np.asarray(Image.fromarray(colours).convert("L"))
    np.testing.assert_array_equal(framed(colours, transform(40, 50))[..., 0], expected)


def test_a_grey_image_becomes_three_equal_channels():
    np.testing.assert_array_equal(framed([[7, 9]], transform(1, 2, "rgb")), [[[7] * 3, [9] * 3]])


@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_is_laid_on_white_as_pillow_does(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, channels), np.uint8)
    pixels[0, :, -1], pixels[1, :, -1] = 0, 255
    expected = Image.new("RGBA", (50, 40), "white")
    expected.alpha_composite(Image.fromarray(pixels).convert("RGBA"))
    np.testing.assert_array_equal(framed(pixels, transform(40, 50, "rgb")), np.asarray(expected.convert("RGB")))


def test_files_and_pixels_of_any_size_give_the_same_examples(encode):
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (height, width, 3), np.uint8) for height, width in ((9, 31), (30, 8), (12, 12))]
    wanted = transform(12, 12, "rgb")
    examples = files_to_examples(wanted)(tf.constant([encode(Image.fromarray(pixels)) for pixels in pictures])).numpy()
    np.testing.assert_array_equal(examples, [framed(pixels, wanted) for pixels in pictures])
    assert examples.shape == (3, 12, 12, 3)
    assert files_to_examples(wanted)(tf.constant([], tf.string)).shape == (0, 12, 12, 3)


def test_one_graph_serves_images_of_all_sizes(encode):
    convert = files_to_examples(transform(6, 6))
    for size in range(3, 12):
        convert(tf.constant([encode(Image.new("L", (size, size + 1)))]))
    assert convert.experimental_get_tracing_count() == 1
    assert files_to_examples(transform(6, 6)) is convert
