"""Decoded images as files: a strip as PNG, and an animation as GIF."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
GIF_SIDE = 224
"""Side to which images of an animation are enlarged, by whole multiples."""
MILLISECONDS = 120
PAUSE = 4
"""Number of times that the first and the last image of an animation are shown."""


def strip(images: Pixels) -> bytes:
    """PNG of images [n, h, w, c] side by side."""
    return _encoded(_picture(np.concatenate(list(images), axis=1)), "PNG")


def sheet(images: Pixels, columns: int) -> bytes:
    """PNG of images [n, h, w, c] in rows of `columns`; the end of the last row is black."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, height, width, channels), np.uint8)
    cells[:count] = images
    grid = cells.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return _encoded(_picture(grid.reshape(rows * height, columns * width, channels)), "PNG", optimize=True)


def animation(images: Pixels) -> bytes:
    """GIF that goes through images [n, h, w, c] and back, without end."""
    scale = max(1, GIF_SIDE // max(images.shape[1:3]))
    large = [_picture(image.repeat(scale, axis=0).repeat(scale, axis=1)) for image in images]
    first, last = [large[0]] * PAUSE, [large[-1]] * PAUSE
    frames = [*first, *large[1:-1], *last, *large[-2:0:-1]]
    return _encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=MILLISECONDS, loop=0)


def _picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def _encoded(picture: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()
