"""An image of any size becomes one of the wanted size and colour."""

import io

import numpy as np
from PIL import Image, ImageOps

from vaeflow.components.images.records import Transform

_FILTERS = {"area": Image.Resampling.BOX, "bilinear": Image.Resampling.BILINEAR}
_MODES = {"grey": "L", "rgb": "RGB"}


def frame(encoded: bytes, transform: Transform) -> np.ndarray:
    """A PNG or JPEG → pixels uint8 [h, w, c]; those of an image that already fits stay as they are.

    crop fills the frame and cuts what stands out on both sides; pad fits the image in and leaves black around it.
    Grey is ITU-R 601 luma.
    """
    height, width, _ = transform.image_shape
    picture = Image.open(io.BytesIO(encoded)).convert(_MODES[transform.color])
    if picture.size != (width, height):
        resize = ImageOps.fit if transform.fit == "crop" else _pad
        picture = resize(picture, (width, height), _FILTERS[transform.resize])
    return np.asarray(picture).reshape(transform.image_shape)


def _pad(picture: Image.Image, size: tuple[int, int], resampling: Image.Resampling) -> Image.Image:
    """As `ImageOps.pad`, which fails where a thin image would be less than a pixel wide."""
    scale = min(size[0] / picture.width, size[1] / picture.height)
    inner = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))), resampling)
    canvas = Image.new(picture.mode, size)
    canvas.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return canvas
