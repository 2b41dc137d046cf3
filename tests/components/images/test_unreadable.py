import contextlib
import os
import struct

import numpy as np
import pytest
from PIL import Image

from tests.components.images.reading import MANY, npy, png_chunk
from vaeflow.components.images.plain import read
from vaeflow.components.images.unreadable import UnreadableError


def png_of_size(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")


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
