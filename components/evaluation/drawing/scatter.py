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
LEGEND: Mapping[str, Any] = {"frameon": False, "handletextpad": 0, "columnspacing": 1, "fontsize": 9, "labelcolor": INK}

Points = NDArray[np.float32]


class Colouring(NamedTuple):
    """The classes of points: their labels [n], -1 where unknown, and names; no labels if they are not coloured."""

    labels: Labels | None
    names: Sequence[str]

    @property
    def meaning(self) -> str:
        """What the colours mean, for a caption."""
        return "" if self.labels is None else " The colour is the class."

    def classes(self) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
        """Name, colour and points of each class that occurs, those of unknown class first."""
        if self.labels is None:
            return
        if (self.labels < 0).any():
            yield "unknown", FAINT, self.labels < 0
        for number, name in enumerate(self.names):
            if (self.labels == number).any():
                yield name, PALETTE[number], self.labels == number


def colouring(study: Study, labels: Labels) -> Colouring:
    """The colouring of images of a study with the given labels."""
    return by_class(labels if LABELS.met_by(study.subject) else None, study.once(lettering).names)


def by_class(labels: Labels | None, names: Sequence[str]) -> Colouring:
    """A colour for each class, if there are at most as many as colours."""
    return Colouring(labels if len(names) <= len(PALETTE) else None, names)


def scatter(axis: Axes, points: Points, colours: Colouring) -> Sequence[Artist]:
    """Draw points [n, 2], and short names among them; returns the points of each class, as for a legend."""
    dots: dict[str, Any] = {"s": float(np.clip(8000 / len(points), 4, 40)), "alpha": 0.7, "linewidths": 0}
    if colours.labels is None:
        return [axis.scatter(*points.T, color=BLUE, **dots)]
    classes = list(colours.classes())
    drawn = [axis.scatter(*points[chosen].T, color=color, **dots) for _, color, chosen in classes]
    _write_names(axis, [(name, color, np.median(points[chosen], axis=0)) for name, color, chosen in classes])
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


def add_legend(figure: Figure, drawn: Sequence[Artist], colours: Colouring, loc: str, columns: int = 1) -> None:
    """Names are given one by one, because Matplotlib leaves labels that begin with an underscore out of a legend."""
    names = [shown(name) for name, _, _ in colours.classes()]
    if names:
        figure.legend(drawn, names, loc=loc, ncols=min(columns, len(names)), **LEGEND)
