"""Sources that need no download: digits contained in packages that vaeflow depends on."""

from collections.abc import Iterator

import numpy as np

from vaeflow.components.sources.source import UNSPLIT, SourceImage

DIGITS = tuple("0123456789")


def numbered(name: str, images: np.ndarray, labels: np.ndarray) -> Iterator[SourceImage]:
    """Images and labels, with ids by index such as `digits/00007`."""
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        yield SourceImage(f"{name}/{index:05d}", UNSPLIT, int(label), image)
