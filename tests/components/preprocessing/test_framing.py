import numpy as np
import pytest
from PIL import Image

from vaeflow.components.images.records import Transform
from vaeflow.components.preprocessing.framing import frame
from vaeflow.models.config import Observation


def transform(height, width, color="grey", resize="area", fit="crop"):
    shape = (height, width, 1 if color == "grey" else 3)
    return Transform(image_shape=shape, color=color, resize=resize, fit=fit, observation=Observation())


@pytest.fixture
def framed(encode):
    """`framed(array, transform)` → the example made of a PNG with these pixels."""
    return lambda array, wanted: frame(encode(Image.fromarray(np.asarray(array, np.uint8))), wanted)


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("resize", ["area", "bilinear"])
@pytest.mark.parametrize(("color", "channels"), [("grey", 1), ("rgb", 3)])
def test_an_image_of_the_right_size_keeps_its_pixels(framed, fit, resize, color, channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels))
    shown = framed(pixels.squeeze(), transform(5, 7, color, resize, fit))
    assert shown.dtype == np.uint8
    np.testing.assert_array_equal(shown, pixels)


def test_area_resizing_takes_the_mean_of_each_block(framed):
    pixels = np.random.default_rng(0).integers(0, 256, (12, 20))
    blocks = pixels.reshape(3, 4, 5, 4).mean((1, 3))
    np.testing.assert_allclose(framed(pixels, transform(3, 5))[..., 0], blocks, atol=1)


def test_bilinear_resizing_follows_a_gradient(framed):
    pixels = np.tile(np.arange(0, 64, 2), (4, 1))
    larger = framed(pixels, transform(8, 64, resize="bilinear"))[0, 8:-8, 0]
    np.testing.assert_array_equal(np.diff(larger), 1)


def test_crop_fills_the_frame_and_cuts_both_sides_alike(framed):
    pixels = np.zeros((4, 12))
    pixels[:, 4:8] = 200
    np.testing.assert_array_equal(framed(pixels, transform(4, 4)), 200)
    np.testing.assert_array_equal(framed(pixels, transform(2, 2)), 200)
    np.testing.assert_array_equal(framed(pixels.T, transform(2, 2)), 200)


def test_pad_fits_the_image_in_and_leaves_black_around_it(framed):
    shown = framed(np.full((4, 8), 200), transform(4, 4, fit="pad"))[..., 0]
    np.testing.assert_array_equal(shown, [[0] * 4, [200] * 4, [200] * 4, [0] * 4])
    shown = framed(np.full((2, 2), 200), transform(2, 4, fit="pad"))[..., 0]
    np.testing.assert_array_equal(shown, [[0, 200, 200, 0]] * 2)


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("shape", [(1, 1000), (1000, 1), (1, 1)])
def test_the_thinnest_image_still_gives_an_example(framed, fit, shape):
    assert framed(np.full(shape, 200), transform(8, 8, fit=fit)).max() == 200


def test_grey_is_the_luma_of_itu_r_601(framed):
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]]])
    expected = np.rint(colours @ [0.299, 0.587, 0.114])
    np.testing.assert_allclose(framed(colours, transform(1, 4))[..., 0], expected, atol=1)


def test_a_grey_image_becomes_three_equal_channels(framed):
    np.testing.assert_array_equal(framed([[7, 9]], transform(1, 2, "rgb")), [[[7] * 3, [9] * 3]])
