"""Identities of images: what tells copies and groups apart without reading the images again."""

import hashlib
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from vaeflow.components.images.json_lines import read_lines

IDENTITIES_FILE = "identities.jsonl"
"""Batches of identities in a dataset, one a line."""


class Identity(NamedTuple):
    """An image of a dataset: its split in the source, id, digest of its pixels, group (empty if it has none), and
    class number, -1 if it is unknown.
    """

    split: str
    id: str
    digest: str
    group: str
    label: int

    @property
    def labelled(self) -> bool:
        """Whether the class is known."""
        return self.label >= 0


def read_identities(dataset: Path) -> list[Identity]:
    """The identities of all images, sorted by id."""
    batches = read_lines(dataset / IDENTITIES_FILE)
    return sorted(map(Identity._make, chain.from_iterable(batches)), key=lambda image: image.id)


def pixel_digest(picture: Image.Image) -> str:
    """A digest of the size and the RGB pixels, so that the same picture in grey and in colour is a copy."""
    digest = hashlib.blake2b(f"{picture.width}×{picture.height}".encode(), digest_size=16)
    digest.update(picture.convert("RGB").tobytes())
    return digest.hexdigest()
