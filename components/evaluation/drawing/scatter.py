"""Images as points in a plane, coloured by class."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaeflow.components.evaluation.drawing.fonts import lettering
from vaeflow.components.evaluation.drawing.style import BLUE, FAINT, INK, PALETTE, shown
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Labels

MAX_LETTERS = 3
"""Maximum length of a class name that is drawn among its points; longer names would cover them."""
NEAR = 0.04
"""Distance, as a fraction of the plane, below which a class name would cover another one."""
HALO = [effects.withStroke(linewidth=4, foreground="white")]
MARKERS = ("o", "^", "s", "D")
"""Shapes of points, for more classes than there are colours that can be told apart."""
MAX_CLASSES = len(PALETTE) * len(MARKERS)
SMALLEST, SMALLEST_SHAPE = 4, 12
"""Least area of a point, in points squared: of one that is a dot, and of one whose shape tells its class."""
MAX_LINES = 20
"""Maximum number of classes in a column of a legend beside the plane."""
MAX_COLUMNS = 10
"""Maximum number of classes in a row of a legend below."""
BESIDE = 0.4
"""Maximum width of a legend beside the plane, as a fraction of the figure's: a wider one would leave it no room."""
LEGEND: Mapping[str, Any] = {"frameon": False, "handletextpad": 0, "columnspacing": 1, "fontsize": 9, "labelcolor": INK}

Points = NDArray[np.float32]


class Dots(NamedTuple):
    """The points of a class: its name, their colour and shape, and which they are [n]."""

    name: str
    color: str
    marker: str
    chosen: NDArray[np.bool_]


class Colouring(NamedTuple):
    """The classes of points: their labels [n], -1 where unknown, and names; no labels if they are unknown."""

    labels: Labels | None
    names: Sequence[str]

    @property
    def meaning(self) -> str:
        """What the colours mean, for a caption."""
        if self.labels is None:
            return ""
        if len(self.names) > MAX_CLASSES:
            return f" More than {MAX_CLASSES} classes are not coloured."
        return f" The colour{' and the shape are' if len(self.names) > len(PALETTE) else ' is'} the class."

    def classes(self) -> Iterator[Dots]:
        """Each class that occurs, those of unknown class first; none if there are more than can be told apart."""
        if self.labels is None or len(self.names) > MAX_CLASSES:
            return
        if (self.labels < 0).any():
            yield Dots("unknown", FAINT, MARKERS[0], self.labels < 0)
        for number, name in enumerate(self.names):
            if (self.labels == number).any():
                shape, colour = divmod(number, len(PALETTE))
                yield Dots(name, PALETTE[colour], MARKERS[shape], self.labels == number)


def colouring(study: Study, labels: Labels) -> Colouring:
    """The colouring of images of a study with the given labels."""
    return Colouring(labels if LABELS.met_by(study.subject) else None, study.once(lettering).names)


def scatter(axis: Axes, points: Points, colours: Colouring) -> Sequence[Artist]:
    """Draw points [n, 2], and short names among them; returns the points of each class, as for a legend."""
    classes = list(colours.classes())
    smallest = SMALLEST_SHAPE if any(dots.marker != MARKERS[0] for dots in classes) else SMALLEST
    form: dict[str, Any] = {"s": float(np.clip(8000 / len(points), smallest, 40)), "alpha": 0.7, "linewidths": 0}
    if not classes:
        return [axis.scatter(*points.T, color=BLUE, **form)]
    drawn = [axis.scatter(*points[dots.chosen].T, color=dots.color, marker=dots.marker, **form) for dots in classes]
    _write_names(axis, [(dots.name, dots.color, np.median(points[dots.chosen], axis=0)) for dots in classes])
    return drawn


def _write_names(axis: Axes, names: Sequence[tuple[str, str, Points]]) -> None:
    """Write short names at their places, except those that would cover others; none if most of them would."""
    extent = np.ptp([axis.get_xlim(), axis.get_ylim()], axis=1)
    written: list[tuple[str, str, Points]] = []
    for name, color, place in names:
        free = all(np.hypot(*((place - other) / extent)) > NEAR for _, _, other in written)
        if len(name) <= MAX_LETTERS and free:
            written.append((name, color, place))
    for name, color, (x, y) in written if 2 * len(written) > len(names) else ():
        style: dict[str, Any] = {"fontsize": 12, "weight": "bold", "color": color, "path_effects": HALO}
        axis.text(x, y, shown(name), ha="center", va="center", **style)


def add_legend(figure: Figure, drawn: Sequence[Artist], colours: Colouring, *, beside: bool) -> None:
    """Name the classes beside the plane, if they leave room for it, or else below.

    Names are given one by one, because Matplotlib leaves labels that begin with an underscore out of a legend.
    """
    names = [shown(dots.name) for dots in colours.classes()]
    if names and not (beside and _fits_beside(figure, drawn, names)):
        _add_below(figure, drawn, names)


def _fits_beside(figure: Figure, drawn: Sequence[Artist], names: Sequence[str]) -> bool:
    """Add a legend beside the plane if it is narrow."""
    lines = -(-len(names) // MAX_LINES)
    legend = figure.legend(drawn, names, loc="outside right upper", ncols=lines, **LEGEND)
    fits = legend.get_window_extent().width <= BESIDE * figure.bbox.width
    if not fits:
        legend.remove()
    return fits


def _add_below(figure: Figure, drawn: Sequence[Artist], names: Sequence[str]) -> None:
    """Add a legend below, in as many columns as fit, of which one always does. The figure grows by its height."""
    for columns in range(min(MAX_COLUMNS, len(names)), 0, -1):
        legend = figure.legend(drawn, names, loc="outside lower center", ncols=columns, **LEGEND)
        extent = legend.get_window_extent()
        if extent.width <= figure.bbox.width:
            break
        legend.remove()
    figure.set_figheight(figure.get_figheight() + extent.height / figure.dpi)
