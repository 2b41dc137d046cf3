import numpy as np
import pytest
from PIL import Image

from tests.components.images.reading import MANY, pixels
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import read
from vaeflow.components.images.unreadable import UnreadableError


@pytest.mark.parametrize(
    ("array", "intensity", "expected"),
    [
        (np.array([[0, 128, 255]], np.uint8), {}, [[0, 128, 255]]),
        (np.array([[0.0, 0.5, 1.0, 1.2]]), {"float_white": 1}, [[0, 128, 255, 255]]),
        (np.array([[0.0, 127.6, 255.0]], np.float32), {"float_white": 255}, [[0, 128, 255]]),
        (np.array([[-1, 0, 1, -1.1]], np.float16), {"black": -1, "float_white": 1}, [[0, 128, 255, 0]]),
        (np.array([[0, 32768, 65535]], np.uint16), {}, [[0, 128, 255]]),
        (np.array([[0, 2048, 4095]], ">u2"), {"white": 4095}, [[0, 128, 255]]),
        (np.array([[False, True]]), {}, [[0, 255]]),
        (np.array([[False, True]]), {"white": 16}, [[0, 255]]),
        (np.array([[0, 8, 16]]), {"white": 16}, [[0, 128, 255]]),
        (np.array([[-1, 0, 127]], np.int8), {}, [[0, 0, 255]]),
        (np.array([[-128, -1, 127]], np.int8), {"black": -128}, [[0, 127, 255]]),
        (np.array([[0, 255]], np.uint8), {"white": 4095}, [[0, 255]]),
        (np.array([[0, 255]], np.uint8), {"black": -1}, [[0, 255]]),
        (np.array([[10, 20, 30]], np.uint8), {"black": 10, "white": 30}, [[0, 128, 255]]),
    ],
)
def test_an_array_is_scaled_to_eight_bits(array, intensity, expected):
    np.testing.assert_array_equal(pixels(array, **intensity), expected)


def test_floats_of_unknown_white_are_unreadable():
    with pytest.raises(UnreadableError, match=r"numbers of type float; set ingest\.white"):
        read(np.array([[0.5]]), MANY)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_an_array_may_have_up_to_four_channels(channels):
    array = np.full((2, 3, channels), 200, np.uint8)
    if channels in (2, 4):
        array[..., -1] = 255
    expected = np.full((2, 3) if channels < 3 else (2, 3, 3), 200)
    np.testing.assert_array_equal(pixels(array), expected)


def test_an_encoded_image_of_zeros_and_ones_is_scaled_where_one_is_white(encode):
    data = encode(Image.fromarray(np.array([[0, 1]], np.uint8)))
    np.testing.assert_array_equal(pixels(data, white=1), [[0, 255]])


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_twelve_bits_are_scaled_where_their_largest_value_is_white(encode, file_format):
    data = encode(Image.fromarray(np.array([[0, 2048, 4095]], np.uint16)), file_format)
    np.testing.assert_array_equal(pixels(data, white=4095), [[0, 128, 255]])


def test_one_bit_is_black_and_white_wherever_white_is(encode):
    data = encode(Image.fromarray(np.array([[True, False]])))
    np.testing.assert_array_equal(pixels(data, white=16), [[255, 0]])


def test_colours_are_scaled_and_transparency_is_not(encode):
    data = encode(Image.fromarray(np.array([[[16, 8, 0, 255], [16, 16, 16, 0], [0, 0, 0, 51]]], np.uint8)))
    np.testing.assert_array_equal(pixels(data, white=16), [[[255, 128, 0], [255, 255, 255], [204, 204, 204]]])


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (np.array([[3, 200]], np.uint8), ("uint8", (0, 255), 3, 200)),
        (np.array([[3, 200]], np.int64), ("int64", (0, 2**63 - 1), 3, 200)),
        (np.array([[0.25, 1]], np.float16), ("float", (0, 1), 0.25, 1)),
        (Image.new("RGB", (2, 1), (9, 30, 20)), ("uint8", (0, 255), 9, 30)),
        (Image.new("1", (2, 1), 1), ("bool", (0, 1), 1, 1)),
        (Image.fromarray(np.array([[[0, 0], [0, 255]]], np.uint8)), ("uint8", (0, 255), 0, 255)),
    ],
)
def test_the_range_is_that_of_the_stored_values_as_far_as_they_are_seen(encode, image, expected):
    found = read(image if isinstance(image, np.ndarray) else encode(image), MANY, Intensity(float_white=1)).range
    assert (found.kind, found.scale, found.low, found.high) == expected


def test_a_grey_map_has_the_white_of_its_header():
    np.testing.assert_array_equal(pixels(b"P5 3 1 15 " + bytes([0, 8, 15])), [[0, 136, 255]])
    np.testing.assert_array_equal(pixels(b"P2 3 1 4095 0 2048 4095"), [[0, 128, 255]])


@pytest.mark.parametrize("dtype", ["uint16", "int32", "float32"])
def test_a_tiff_keeps_its_type(encode, dtype):
    array = np.array([[0, 3, 5]], dtype)
    found = read(encode(Image.fromarray(array), "TIFF"), MANY, Intensity(white=5))
    assert found.range.kind == ("float" if dtype == "float32" else dtype)
    np.testing.assert_array_equal(found.shown, [[0, 153, 255]])
