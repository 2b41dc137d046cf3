"""Drawn sprites: an ellipse, a heart and a square at all combinations of scale, orientation and position.

The images are 64×64 grey, white on black, with soft edges. Some images are the same: a square that is turned by a right
angle, and an ellipse by two, so that no code can tell all orientations apart.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vaeflow.components.sources.source import UNSPLIT, Source, SourceImage
from vaeflow.components.sources.sprites_grid import SHAPES, SpritesGrid

SIDE = 64
_FINE = 4  # pixels of the drawing for each of the image
# Sprites at neighbouring positions overlap, as a moving object does with itself: where they do not, nothing tells a
# model that two of them are near each other, and none of the family finds x and y.
_LARGEST, _SMALLEST = 16.0, 8.0  # radius of the circle around a sprite, in pixels
_MARGIN = 18.0  # of the centres, in pixels: no sprite touches the edge
_CURVE = 64  # corners of a round outline

Outline = NDArray[np.float64]


def open_sprites(grid: SpritesGrid) -> Source:
    """All images of the grid, with a shard for each shape and scale; the shape is the class."""
    shape, scale, *_ = grid.factors
    return Source(
        shards=[*product(range(shape.size), range(scale.size))],
        read=partial(_read, grid),
        num_images=grid.num_images,
        num_bytes=grid.num_images * SIDE**2,
        label_names=SHAPES,
        factors=grid.factors,
    )


def _read(grid: SpritesGrid, shard: tuple[int, int]) -> Iterator[SourceImage]:
    names, sizes = zip(*grid.factors, strict=True)
    for rest in product(*map(range, sizes[len(shard) :])):
        values = dict(zip(names, (*shard, *rest), strict=True))
        index = np.ravel_multi_index(tuple(values.values()), sizes)
        yield SourceImage(f"sprites/{index:07d}", UNSPLIT, values["shape"], draw(grid, values), factors=values)


def draw(grid: SpritesGrid, values: Mapping[str, int]) -> NDArray[np.uint8]:
    """The image [64, 64] with these values of the factors."""
    sizes = dict(grid.factors)
    angle = 2 * np.pi * values["orientation"] / sizes["orientation"]
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    radius = between(_SMALLEST, _LARGEST, values["scale"], sizes["scale"])
    centre = [between(_MARGIN, SIDE - _MARGIN, values[name], sizes[name]) for name in ("x", "y")]
    # Whole numbers, so that the last digits of a cosine do not change a pixel.
    corners = np.rint((outline(SHAPES[values["shape"]]) @ turn * radius + centre) * _FINE).astype(int)
    fine = Image.new("L", (SIDE * _FINE, SIDE * _FINE))
    ImageDraw.Draw(fine).polygon([*map(tuple, corners.tolist())], fill=255)
    return np.asarray(fine.reduce(_FINE))


def between(first: float, last: float, value: int, size: int) -> float:
    """The value of a factor on a scale with equal distances; the last one if there is only one."""
    return last if size == 1 else first + (last - first) * value / (size - 1)


def outline(shape: str) -> Outline:
    """Corners [n, 2], x to the right and y downwards, within the unit circle."""
    around = 2 * np.pi * np.arange(_CURVE) / _CURVE
    match shape:
        case "square":
            return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / np.sqrt(2)
        case "ellipse":
            return np.stack([np.cos(around), np.sin(around) / 2], axis=1)
        case _:
            return _heart(around)


def _heart(around: NDArray[np.float64]) -> Outline:
    """A sum of cosines. The point is below, and the two curves above."""
    x = 16 * np.sin(around) ** 3
    y = -(13 * np.cos(around) - 5 * np.cos(2 * around) - 2 * np.cos(3 * around) - np.cos(4 * around))
    return np.stack([x, y], axis=1) / np.hypot(x, y).max()
