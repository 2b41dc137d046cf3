import contextlib
import io
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from vaeflow.components.images.files import UnreadableError
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import encode as encode_pictures
from vaeflow.components.images.plain import read

MANY = 10**6


def pixels(image, **intensity):
    """The pixels of the image after it was read."""
    picture = read(image, MANY, Intensity(**intensity))
    shown = np.asarray(Image.open(io.BytesIO(written(image, **intensity))))
    assert picture.grey == (shown.ndim == 2)
    return shown


def written(image, **intensity):
    """The bytes that are written for the image."""
    return encode_pictures([read(image, MANY, Intensity(**intensity))])[0]


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of_size(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")


@pytest.mark.parametrize(("mode", "file_format"), [("L", "PNG"), ("RGB", "PNG"), ("L", "JPEG"), ("RGB", "JPEG")])
def test_a_plain_image_keeps_its_bytes(encode, picture, mode, file_format):
    data = encode(picture.convert(mode), file_format)
    assert written(data) == data
    assert read(data, MANY).grey == (mode == "L")


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "GIF", "WEBP"])
def test_a_lossless_format_gives_the_same_pixels(encode, picture, file_format):
    options = {"lossless": True} if file_format == "WEBP" else {}
    np.testing.assert_array_equal(pixels(encode(picture, file_format, **options)), np.asarray(picture))


def test_a_file_is_read_from_its_path(encode, picture, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(encode(picture))
    assert written(path) == path.read_bytes()


def test_sixteen_bits_are_scaled_and_not_clipped(encode):
    deep = np.array([[0, 255, 257, 32768], [65535, 65278, 1000, 40000]], np.uint16)
    np.testing.assert_array_equal(pixels(encode(Image.fromarray(deep))), np.rint(deep / 257).astype(np.uint8))


def test_sixteen_bit_colour_is_written_as_eight_bits():
    rows = b"".join(b"\0" + struct.pack(">6H", 0xFF00, 0x8000, 0, 0, 0x4000, 0xFFFF) for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header), png_chunk(b"IDAT", zlib.compress(rows)), png_chunk(b"IEND", b"")
    shown = pixels(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    assert shown.dtype == np.uint8
    np.testing.assert_array_equal(shown[0], [[255, 128, 0], [0, 64, 255]])


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
    assert found[:4] == expected


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
def test_a_truncated_image_is_unreadable(encode, file_format):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), file_format)
    with pytest.raises(UnreadableError):
        read(data[: len(data) // 2], MANY)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"", "empty"),
        (b"this is not an image at all", "not an image in PNG"),
        (png_of_size(0, 5), "no pixels|not an image"),
        (png_of_size(1001, 1000), "1001 × 1000 pixels, more than max_pixels = 1000000"),
        (png_of_size(60_000, 60_000), "more than max_pixels"),
        (np.zeros((0, 4)), "no pixels"),
        (np.zeros((1001, 1000), np.uint8), "more than max_pixels"),
        (np.array([[0.5, np.nan]]), "NaN"),
        (np.array([[0.5, np.inf]]), "infinite"),
    ],
)
def test_an_unreadable_image_says_why(image, reason):
    with pytest.raises(UnreadableError, match=reason):
        read(image, MANY)


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(UnreadableError, match="No such file"):
        read(tmp_path / "gone.png", MANY)


def test_a_format_that_is_not_promised_is_no_image(encode, picture):
    with pytest.raises(UnreadableError, match="not an image in"):
        read(encode(picture, "TGA"), MANY)


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


def test_a_grey_map_has_the_white_of_its_header():
    np.testing.assert_array_equal(pixels(b"P5 3 1 15 " + bytes([0, 8, 15])), [[0, 136, 255]])
    np.testing.assert_array_equal(pixels(b"P2 3 1 4095 0 2048 4095"), [[0, 128, 255]])


@pytest.mark.parametrize("dtype", ["uint16", "int32", "float32"])
def test_a_tiff_keeps_its_type(encode, dtype):
    array = np.array([[0, 3, 5]], dtype)
    found = read(encode(Image.fromarray(array), "TIFF"), MANY, Intensity(white=5))
    assert found.range.kind == ("float" if dtype == "float32" else dtype)
    np.testing.assert_array_equal(found.shown, [[0, 153, 255]])


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 3)])
def test_an_array_in_a_file_is_an_image(shape):
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    np.testing.assert_array_equal(pixels(npy(np.asfortranarray(array))), array.squeeze())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (npy(np.zeros((2, 2)))[:-1], "damaged .npy file: its header announces 32 bytes of data, and 31 follow"),
        (npy(np.zeros((2, 2), np.uint8)).replace(b"(2, 2)", b"(1, 2)"), "announces 2 bytes of data, and 4 follow"),
        (npy(np.zeros((2, 2), np.uint8)).replace(b"(2, 2)", b"(9**9)"), "its header is damaged"),
        (npy(np.array([None])), "expected numbers as pixels, got object"),
        (npy(np.zeros((5, 2, 2, 3))), r"expected one image, .*got float64\[5, 2, 2, 3\]; many are a source npz:PATH"),
    ],
)
def test_an_array_that_is_no_image_says_why(data, reason):
    with pytest.raises(UnreadableError, match=reason):
        read(data, MANY)


def test_what_is_no_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo.png")
    (tmp_path / "device.png").symlink_to("/dev/zero")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "forbidden.png").symlink_to("/proc/self/mem")
    reasons = {"fifo": "it is a FIFO, not a file", "device": "it is a device", "loop": "symbolic links"}
    for name, reason in {**reasons, "forbidden": "Input/output error"}.items():
        with pytest.raises(UnreadableError, match=reason):
            read(tmp_path / f"{name}.png", MANY)


@pytest.mark.parametrize("flip", range(0, 200, 7))
def test_damage_anywhere_never_escapes_as_another_error(encode, picture, flip):
    data = bytearray(encode(picture, "JPEG" if flip % 2 else "PNG"))
    data[flip % len(data)] ^= 0xFF
    with contextlib.suppress(UnreadableError):
        read(bytes(data), MANY)
