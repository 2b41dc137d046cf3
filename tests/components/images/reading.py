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


def deep_png(array, transparent=None):
    """A PNG of values uint16 [h, w, c], of which one colour may be transparent."""
    height, width, channels = array.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = [png_chunk(b"IHDR", header), png_chunk(b"IDAT", zlib.compress(rows)), png_chunk(b"IEND", b"")]
    if transparent is not None:
        chunks.insert(1, png_chunk(b"tRNS", transparent.astype(">u2").tobytes()))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()
