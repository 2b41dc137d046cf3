"""Charts of metrics over what a study varies."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from vaeflow.components.evaluation.drawing.style import PALETTE, label, plot, set_title
from vaeflow.components.evaluation.metrics.metric import Metric

DODGE = 0.12
"""Distance of the points of several series at one place."""


class Point(NamedTuple):
    """The value of a metric at a place on the horizontal axis, and its spread over the seeds if there are several."""

    place: int
    value: float
    spread: float | None


def chart(metric: Metric, places: Sequence[str], series: Mapping[str, Sequence[Point]], varied: str) -> Figure:
    """A line for each of the named series over the places, with bars for the spread.

    Places are at equal distances, whatever their numbers: the values of a study are chosen, often on no linear scale.
    """
    figure, (axis,) = plot(height=3.0)
    for number, (name, points) in enumerate(series.items()):
        shift = DODGE * (number - (len(series) - 1) / 2)
        axis.errorbar(
            [point.place + shift for point in points],
            [point.value for point in points],
            [point.spread or 0 for point in points],
            fmt="o-" if len(points) > 1 and varied else "o",
            color=PALETTE[number % len(PALETTE)],
            markersize=5,
            linewidth=1.2,
            capsize=3,
            label=name,
        )
    axis.set_xticks(range(len(places)), list(places), rotation=30 if max(map(len, places)) > 8 else 0)
    axis.set_xlim(-0.5, len(places) - 0.5)
    label(axis, varied, metric.unit)
    set_title(axis, f"{metric.title} {metric.arrow}".rstrip())
    if len(series) > 1:
        figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return figure
