"""The common style of all figures: fonts, colours, axes and sheets of images."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vaeflow.components.printable import printable
from vaeflow.models.arrays import Images

WIDTH = 5.4
"""Width in inches: narrow, so that the text is readable on a phone."""
DPI = 200
INK = "#222222"
FAINT = "#9aa0a6"
GAP = 0.08
"""Space between images, as a fraction of their width."""
MAX_NAME_LENGTH = 24
"""Maximum length of a class name beside a figure."""

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
"""Colours that people with colour-vision deficiencies can distinguish. Tol 2021, "Colour schemes", SRON/EPS/TN/09-002.
"""


def plot(height: float, columns: int = 1, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty figure with axes in rows and columns; Matplotlib's object API has no global state, unlike pyplot."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color(FAINT)
        axis.tick_params(labelsize=9, color=FAINT, labelcolor=INK)
    return figure, axes


def shown(name: str, longest: int = MAX_NAME_LENGTH) -> str:
    """A class name for Matplotlib, without its middle if it is long: long names often differ only in their ends.

    Unescaped, text between dollar signs is mathematics.
    """
    name = printable(name)
    head = longest // 2
    short = name if len(name) <= longest else f"{name[:head]}…{name[head + 1 - longest :]}"
    return short.replace("$", r"\$")


def set_title(axis: Axes, title: str) -> None:
    """Set the title of a figure or panel, flush left."""
    axis.set_title(title, loc="left", fontsize=12, color=INK)


def label(axis: Axes, x: str = "", y: str = "") -> None:
    """Label the two axes, with their units."""
    axis.set_xlabel(x, fontsize=10, color=INK)
    axis.set_ylabel(y, fontsize=10, color=INK)


def image_plot(images: Images, title: str, rows: Sequence[str] = (), columns: Sequence[str] = ()) -> Figure:
    """Images [rows, columns, h, w, c] in [0, 1] as one sheet, with labels for its rows and columns."""
    figure, (axis,) = plot(height=sheet_height(images))
    draw_sheet(axis, images, rows, columns)
    set_title(axis, title)
    return figure


def sheet_height(images: Images, panels: int = 1) -> float:
    """Height in inches of a figure with sheets of images [rows, columns, h, w, c] in panels side by side."""
    height, width = tile(images[..., :1]).image.shape[:2]
    return float(min(WIDTH / panels * height / width, 1.2 * WIDTH)) + 0.4


def draw_sheet(axis: Axes, images: Images, rows: Sequence[str] = (), columns: Sequence[str] = ()) -> None:
    """Draw images [rows, columns, h, w, c] in [0, 1] as one sheet, with labels for its rows and columns."""
    sheet, row_centres, column_centres = tile(images)
    grey = sheet.shape[-1] == 1
    axis.imshow(sheet[..., 0] if grey else sheet, cmap="gray" if grey else None, vmin=0, vmax=1)
    axis.spines[:].set_visible(False)
    axis.set_yticks(row_centres if rows else [], rows)
    axis.set_xticks(column_centres if columns else [], columns)
    axis.tick_params(length=0)


class Sheet(NamedTuple):
    """An image [H, W, c] of many images, with the centres of its rows and columns in pixels."""

    image: Images
    rows: list[float]
    columns: list[float]


def tile(images: Images, gap_share: float = GAP) -> Sheet:
    """Images [rows, columns, h, w, c] laid out on a sheet with white gaps, whose width is a share of the images'."""
    rows, columns, h, w, c = images.shape
    gap = max(1, round(gap_share * w))
    tops, lefts = [row * (h + gap) for row in range(rows)], [column * (w + gap) for column in range(columns)]
    sheet = np.ones((tops[-1] + h, lefts[-1] + w, c), np.float32)
    for row, column in np.ndindex(rows, columns):
        sheet[tops[row] : tops[row] + h, lefts[column] : lefts[column] + w] = images[row, column]
    return Sheet(sheet, [top + (h - 1) / 2 for top in tops], [left + (w - 1) / 2 for left in lefts])
