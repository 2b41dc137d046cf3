"""One look for all figures: fonts, colours, axes, and images laid out in rows."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

WIDTH = 7.0
DPI = 160
INK = "#222222"
FAINT = "#9aa0a6"
GAP = 0.08
"""Space between images, as a fraction of an image's width."""

PALETTE = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
"""Ten colours told apart under the common colour-vision deficiencies. Petroff 2021, arXiv:2107.02270."""

Images = NDArray[np.float32]


class Picture(NamedTuple):
    """A figure with what is said of it: below it in print, and aloud to who cannot see it."""

    name: str
    caption: str
    alt: str
    figure: Figure


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


def image_plot(images: Images, title: str, row_labels: tuple[str, ...] = ()) -> Figure:
    """Images [rows, columns, h, w, c] in [0, 1] as one sheet, at most `WIDTH` wide, with a name beside each row."""
    sheet, centres = tile(images)
    scale = min(WIDTH / sheet.shape[1], 1.2 * WIDTH / sheet.shape[0])
    figure, (axis,) = plot(height=sheet.shape[0] * scale + 0.4)
    grey = sheet.shape[-1] == 1
    axis.imshow(sheet[..., 0] if grey else sheet, cmap="gray" if grey else None, vmin=0, vmax=1)
    axis.spines[:].set_visible(False)
    axis.set_xticks([])
    axis.set_yticks(centres if row_labels else [], row_labels)
    axis.tick_params(length=0)
    entitle(axis, title)
    return figure


def tile(images: Images) -> tuple[Images, list[float]]:
    """Images [rows, columns, h, w, c] → one sheet [H, W, c] with white gaps, and the middle of each row in pixels."""
    rows, columns, h, w, c = images.shape
    gap = max(1, round(GAP * w))
    sheet = np.ones((rows * (h + gap) - gap, columns * (w + gap) - gap, c), np.float32)
    for row, column in np.ndindex(rows, columns):
        top, left = row * (h + gap), column * (w + gap)
        sheet[top : top + h, left : left + w] = images[row, column]
    return sheet, [row * (h + gap) + (h - 1) / 2 for row in range(rows)]
