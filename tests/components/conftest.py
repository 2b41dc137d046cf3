"""Fixtures for the steps and what supports them."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# ---------------------------------------------------------------- images as files

Encode = Callable[..., bytes]


def _encode(image: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def encode() -> Encode:
    """`encode(picture, file_format, **options)` → the bytes of an image file."""
    return _encode


@pytest.fixture
def picture() -> Image.Image:
    """An RGB picture of 12×8 whose four quarters differ: red, green, blue, grey."""
    pixels = np.zeros((8, 12, 3), np.uint8)
    pixels[:4, :6, 0] = 255
    pixels[:4, 6:, 1] = 255
    pixels[4:, :6, 2] = 255
    pixels[4:, 6:] = 128
    return Image.fromarray(pixels)


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """Forty grey PNG files of 6×6 in the class folders `cat` and `dog`, each image of its own brightness."""
    root = tmp_path / "pictures"
    for index in range(40):
        file = root / ("cat" if index < 20 else "dog") / f"{index:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_encode(Image.new("L", (6, 6), 5 * index)))
    return root
