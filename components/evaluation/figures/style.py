"""One look for all figures: fonts, colours, axes, and images laid out in rows."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vaeflow.models.arrays import Images

WIDTH = 5.4
"""Inches: narrow, so that the text is still readable when a phone shows the figure."""
DPI = 200
INK = "#222222"
FAINT = "#9aa0a6"
GAP = 0.08
"""Space between images, as a fraction of an image's width."""

BLUE, RED = "#4477AA", "#EE6677"
PALETTE = (
    "#332288",
    "#CC6677",
    "#DDCC77",
    "#117733",
    "#88CCEE",
    "#882255",
    "#44AA99",
    "#999933",
    "#AA4499",
    "#555555",
)
"""Colours told apart under the common colour-vision deficiencies. Tol 2021, «Colour schemes», SRON/EPS/TN/09-002."""


def plot(height: float, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty figure of `columns` axes side by side; the object API keeps no global state between threads."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    axes = list(figure.subplots(1, columns, squeeze=False)[0])
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color(FAINT)
        axis.tick_params(labelsize=9, color=FAINT, labelcolor=INK)
    return figure, axes


def entitle(axis: Axes, title: str) -> None:
    """The title of a figure or panel, flush left."""
    axis.set_title(title, loc="left", fontsize=12, color=INK)


def label(axis: Axes, x: str = "", y: str = "") -> None:
    """Names of the axes, with their units."""
    axis.set_xlabel(x, fontsize=10, color=INK)
    axis.set_ylabel(y, fontsize=10, color=INK)


def image_plot(images: Images, title: str, rows: Sequence[str] = (), columns: Sequence[str] = ()) -> Figure:
    """Images [rows, columns, h, w, c] in [0, 1] as one sheet, with names beside its rows and below its columns."""
    sheet, row_places, column_places = tile(images)
    scale = min(WIDTH / sheet.shape[1], 1.2 * WIDTH / sheet.shape[0])
    figure, (axis,) = plot(height=sheet.shape[0] * scale + 0.4)
    grey = sheet.shape[-1] == 1
    axis.imshow(sheet[..., 0] if grey else sheet, cmap="gray" if grey else None, vmin=0, vmax=1)
    axis.spines[:].set_visible(False)
    axis.set_yticks(row_places if rows else [], rows)
    axis.set_xticks(column_places if columns else [], columns)
    axis.tick_params(length=0)
    entitle(axis, title)
    return figure


class Sheet(NamedTuple):
    """One image [H, W, c] of many, and where the middles of its rows and columns are, in pixels."""

    image: Images
    rows: list[float]
    columns: list[float]


def tile(images: Images) -> Sheet:
    """Images [rows, columns, h, w, c] laid out with white gaps."""
    rows, columns, h, w, c = images.shape
    gap = max(1, round(GAP * w))
    tops, lefts = [row * (h + gap) for row in range(rows)], [column * (w + gap) for column in range(columns)]
    sheet = np.ones((tops[-1] + h, lefts[-1] + w, c), np.float32)
    for row, column in np.ndindex(rows, columns):
        sheet[tops[row] : tops[row] + h, lefts[column] : lefts[column] + w] = images[row, column]
    return Sheet(sheet, [top + (h - 1) / 2 for top in tops], [left + (w - 1) / 2 for left in lefts])
