import numpy as np
import pytest
from PIL import Image

from tests.components.images.reading import MANY, npy, pixels, written
from vaeflow.components.images.plain import read


@pytest.mark.parametrize(("mode", "file_format"), [("L", "PNG"), ("RGB", "PNG"), ("L", "JPEG"), ("RGB", "JPEG")])
def test_a_plain_image_keeps_its_bytes(encode, picture, mode, file_format):
    data = encode(picture.convert(mode), file_format)
    assert written(data) == data
    assert read(data, MANY).grey == (mode == "L")


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "GIF", "WEBP"])
def test_a_lossless_format_gives_the_same_pixels(encode, picture, file_format):
    options = {"lossless": True} if file_format == "WEBP" else {}
    np.testing.assert_array_equal(pixels(encode(picture, file_format, **options)), np.asarray(picture))


@pytest.mark.parametrize("file_format", ["PNG", "GIF", "WEBP", "AVIF", "TIFF"])
def test_a_file_with_more_frames_than_the_first_says_so(encode, picture, file_format):
    frames = {"save_all": True, "append_images": [Image.new("RGB", (6, 4) if file_format == "TIFF" else picture.size)]}
    alone, first = read(encode(picture, file_format), MANY), read(encode(picture, file_format, **frames), MANY)
    assert (alone.has_more, first.has_more) == (False, True)
    np.testing.assert_allclose(np.asarray(first.shown).astype(int), np.asarray(alone.shown), atol=16)


def test_previews_in_a_jpeg_are_no_frames(encode, picture):
    data = encode(picture, "MPO", save_all=True, append_images=[picture.rotate(180)])
    assert not read(data, MANY).has_more


def test_a_file_is_read_from_its_path(encode, picture, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(encode(picture))
    assert written(path) == path.read_bytes()


def test_sixteen_bits_are_scaled_and_not_clipped(encode):
    deep = np.array([[0, 255, 257, 32768], [65535, 65278, 1000, 40000]], np.uint16)
    np.testing.assert_array_equal(pixels(encode(Image.fromarray(deep))), np.rint(deep / 257).astype(np.uint8))


def test_one_bit_becomes_black_and_white(encode):
    bits = np.array([[True, False], [False, True]])
    np.testing.assert_array_equal(pixels(encode(Image.fromarray(bits))), [[255, 0], [0, 255]])


def test_a_palette_is_resolved(encode, picture):
    data = encode(picture.convert("P", palette=Image.Palette.ADAPTIVE))
    np.testing.assert_array_equal(pixels(data), np.asarray(picture))


def test_cmyk_becomes_rgb(encode, picture):
    shown = pixels(encode(picture.convert("CMYK"), "JPEG", quality=100))
    np.testing.assert_allclose(shown.astype(int), np.asarray(picture).astype(int), atol=4)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(encode, file_format):
    colours = np.array([[[10, 20, 30, 0], [10, 20, 30, 255], [0, 0, 0, 51]]], np.uint8)
    options = {"lossless": True} if file_format == "WEBP" else {}
    shown = pixels(encode(Image.fromarray(colours), file_format, **options))
    np.testing.assert_array_equal(shown, [[[255, 255, 255], [10, 20, 30], [204, 204, 204]]])


def test_grey_with_transparency_stays_grey(encode):
    greys = np.array([[[10, 0], [10, 255], [0, 51]]], np.uint8)
    np.testing.assert_array_equal(pixels(encode(Image.fromarray(greys))), [[255, 10, 204]])


def test_a_transparent_colour_of_a_palette_or_of_a_png_is_white(encode):
    grey = Image.fromarray(np.array([[7, 9]], np.uint8))
    np.testing.assert_array_equal(pixels(encode(grey, transparency=7)), [[255, 9]])
    palette = Image.fromarray(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)).convert("P")
    transparent = int(np.asarray(palette)[0, 0])
    shown = pixels(encode(palette, "GIF", transparency=transparent))
    np.testing.assert_array_equal(shown, [[[255, 255, 255], [0, 0, 255]]])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_of_the_camera_is_applied(encode, picture, orientation, file_format):
    turn = {
        1: lambda array: array,
        2: np.fliplr,
        3: lambda array: np.rot90(array, 2),
        4: np.flipud,
        5: lambda array: array.swapaxes(0, 1),
        6: lambda array: np.rot90(array, -1),
        7: lambda array: np.rot90(array, 2).swapaxes(0, 1),
        8: np.rot90,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = pixels(encode(picture.resize((48, 32), Image.Resampling.NEAREST), file_format, exif=exif, quality=100))
    expected = turn(np.asarray(picture).repeat(4, 0).repeat(4, 1))
    assert shown.shape == expected.shape
    corners = np.ix_([2, -3], [2, -3])
    np.testing.assert_allclose(shown[corners].astype(int), expected[corners].astype(int), atol=8)


@pytest.mark.parametrize("file_format", ["GIF", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(encode, file_format):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    options = {"lossless": True} if file_format == "WEBP" else {}
    shown = pixels(encode(frames[0], file_format, save_all=True, append_images=frames[1:], **options))
    np.testing.assert_array_equal(shown, np.full((4, 4, 3), [255, 0, 0]))


@pytest.mark.parametrize(
    ("mode", "file_format", "options"),
    [
        ("L", "TIFF", {}),
        ("RGB", "TIFF", {"compression": "tiff_lzw"}),
        ("RGBA", "TIFF", {"compression": "tiff_adobe_deflate"}),
        ("L", "PPM", {}),
        ("RGB", "PPM", {}),
        ("RGB", "JPEG2000", {"irreversible": False}),
        ("RGB", "AVIF", {"quality": 100, "subsampling": "4:4:4"}),
    ],
)
def test_other_formats_give_the_same_pixels(encode, picture, mode, file_format, options):
    expected = picture.convert(mode)
    tolerance = 3 if file_format == "AVIF" else 0
    shown = pixels(encode(expected, file_format, **options)).astype(int)
    np.testing.assert_allclose(shown, np.asarray(expected.convert("L" if mode == "L" else "RGB")), atol=tolerance)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 3)])
def test_an_array_in_a_file_is_an_image(shape):
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    np.testing.assert_array_equal(pixels(npy(np.asfortranarray(array))), array.squeeze())
