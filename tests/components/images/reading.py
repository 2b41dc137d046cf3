"""Images as ingest reads and writes them."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

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


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()
