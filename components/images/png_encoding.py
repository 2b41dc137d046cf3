"""Encoding of pictures as PNG, several at once if they are large."""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

_THREADS = 4
_LARGE = 2**14  # pixels from which compression, which leaves the interpreter, takes longer than all else


def encode_pngs(pictures: Sequence[Image.Image]) -> list[bytes]:
    """Encode each picture as PNG."""
    if len(pictures) < 2 or max(picture.width * picture.height for picture in pictures) < _LARGE:
        return [*map(_encode, pictures)]
    with ThreadPoolExecutor(_THREADS) as pool:
        return [*pool.map(_encode, pictures)]


def _encode(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
