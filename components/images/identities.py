"""Identities of images: what tells copies and groups apart without reading the images again."""

import hashlib
from typing import NamedTuple

import numpy as np

from vaeflow.components.images.serialising import LabelledImage


class Identity(NamedTuple):
    """An image of a dataset: its split in the source, id, digest of its pixels, group (empty if it has none), and
    class number, -1 if it is unknown.
    """

    split: str
    id: str
    digest: str
    group: str
    label: int


def identify(split: str, content: LabelledImage) -> Identity:
    """The identity of an original image in a split of the source."""
    label = -1 if content.label is None else content.label
    return Identity(split, content.id, content.digest or "", content.group or "", label)


def pixel_digests(levels: np.ndarray) -> list[str]:
    """Digests of the size and the RGB pixels, so that the same picture in grey and in colour is a copy.

    The images are uint8 [n, h, w] if they are grey, or [n, h, w, 3].
    """
    count, height, width = levels.shape[:3]
    rgb = levels if levels.ndim == 4 else levels[..., np.newaxis].repeat(3, axis=-1)
    size = hashlib.blake2b(f"{width}×{height}".encode(), digest_size=16)
    return [_extended(size, pixels) for pixels in np.ascontiguousarray(rgb).reshape(count, -1)]


def _extended(digest: "hashlib.blake2b", pixels: np.ndarray) -> str:
    whole = digest.copy()
    whole.update(pixels.data)
    return whole.hexdigest()
