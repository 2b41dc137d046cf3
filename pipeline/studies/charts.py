"""Charts of metrics over what a study varies."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.drawing.style import PALETTE, label, plot, set_title, shown
from vaeflow.components.evaluation.metrics.metric import Metric
from vaeflow.pipeline.comparison.layout import number
from vaeflow.pipeline.comparison.records import Comparison, Estimate
from vaeflow.pipeline.studies.fields import short_names
from vaeflow.pipeline.studies.figures import png
from vaeflow.pipeline.studies.members import VARIANT, Variant, variants
from vaeflow.pipeline.studies.study import Study

DODGE = 0.12
"""Distance of the points of several series at one place."""
MAX_LINE = 36
"""Maximum length of a line beside the vertical axis."""
LONGEST = 8
"""Longest name of a place that is written horizontally."""


NUMBER = re.compile(r"[-+.\d]+(e[-+]?\d+)?")


class Chart(NamedTuple):
    """A chart as PNG, with a text for those who do not see it."""

    png: bytes
    alt: str


class Point(NamedTuple):
    """The value of a metric at a place on the horizontal axis."""

    place: int
    estimate: Estimate

    @property
    def spread(self) -> float:
        """Its deviation over the runs, or the standard error of a single run."""
        spread = self.estimate.error if self.estimate.std is None else self.estimate.std
        return spread or 0


class Axis(NamedTuple):
    """The horizontal axis: its title and its places, and for each variant its place and the name of its series."""

    title: str
    places: tuple[str, ...]
    position: Mapping[str, tuple[int, str]]

    @property
    def quantitative(self) -> bool:
        """Whether the places are numbers, so that there is something between two of them."""
        return all(map(NUMBER.fullmatch, self.places))


def charts(study: Study, comparison: Comparison) -> Iterator[Chart]:
    """A chart of each metric of each table that at least two variants have, with the deviation over the runs."""
    found = variants(study.config)
    axis = axis_of(found)
    for table in comparison.tables:
        for metric in table.metrics:
            values = {row: cells[metric] for row, cells in table.cells.items() if metric in cells}
            if len(values) > 1:
                yield _chart(METRICS[metric], axis, values)


def axis_of(found: Sequence[Variant]) -> Axis:
    """The axis of what has most values; combinations of all else that varies are series."""
    values = {label: list(dict.fromkeys(variant.labels[label] for variant in found)) for label in found[0].labels}
    title = max(values, key=lambda label: len(values[label]))
    others = [label for label in values if label != title and len(values[label]) > 1]
    short = short_names(values)
    position = {
        variant.name: (
            values[title].index(variant.labels[title]),
            ", ".join(f"{short[label]} {variant.labels[label]}" for label in others),
        )
        for variant in found
    }
    return Axis("" if title == VARIANT else title, tuple(values[title]), position)


def _chart(metric: Metric, axis: Axis, values: Mapping[str, Estimate]) -> Chart:
    series: dict[str, list[Point]] = {}
    for row, estimate in values.items():
        place, name = axis.position[row]
        series.setdefault(name, []).append(Point(place, estimate))
    told = ", ".join(f"{number(estimate.mean, metric.decimals)} for {row}" for row, estimate in values.items())
    return Chart(png(draw(metric, axis, series)), f"{metric.title}: {told}")


def draw(metric: Metric, axis: Axis, series: Mapping[str, Sequence[Point]]) -> Figure:
    """A point for each variant with its spread; the points of a field of numbers are joined by a line.

    Places are at equal distances, since the values that a study chooses are often on no linear scale.
    """
    figure, (area,) = plot(height=3.2)
    for order, (name, points) in enumerate(series.items()):
        shift = DODGE * (order - (len(series) - 1) / 2)
        area.errorbar(
            [point.place + shift for point in points],
            [point.estimate.mean for point in points],
            [point.spread for point in points],
            fmt="o-" if axis.quantitative else "o",
            color=PALETTE[order % len(PALETTE)],
            markersize=5,
            linewidth=1.2,
            capsize=3,
            label=shown(name),
        )
    upright = max(map(len, axis.places)) <= LONGEST
    area.set_xticks(range(len(axis.places)), list(map(shown, axis.places)), rotation=0 if upright else 30)
    area.set_xlim(-0.5, len(axis.places) - 0.5)
    label(area, axis.title, textwrap.fill(metric.unit, MAX_LINE))
    set_title(area, f"{metric.title} {metric.arrow}".rstrip())
    if len(series) > 1:
        figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return figure
