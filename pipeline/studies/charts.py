"""Charts of metrics over what a study varies."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.conditions import LABELS_IN_TRAINING
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
SERIES_IN_ROW = 3
"""Number of names of series side by side in the legend."""
LABELS = "train.data.labels"
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
        return are_numbers(self.places)


def charts(study: Study, comparison: Comparison) -> Iterator[Chart]:
    """A chart of each metric that at least two variants have under the same conditions, with the deviation over runs.

    The number of labels in training is such a condition, unless it is the axis: there, the chart is a learning curve.
    """
    axis = axis_of(variants(study.config))
    on_axis = {LABELS_IN_TRAINING.title} if axis.title == LABELS else set()
    found: dict[tuple[str, frozenset[tuple[str, str]]], dict[str, Estimate]] = {}
    for table in comparison.tables:
        conditions = frozenset(item for item in table.conditions.items() if item[0] not in on_axis)
        for metric in table.metrics:
            values = {row: cells[metric] for row, cells in table.cells.items() if metric in cells}
            found.setdefault((metric, conditions), {}).update(values)
    for (metric, _), values in found.items():
        if len(values) > 1:
            yield _chart(METRICS[metric], axis, values)


def axis_of(found: Sequence[Variant]) -> Axis:
    """The axis of the numbers with most values, or of what has most values; combinations of all else are series."""
    every = {label: tuple(dict.fromkeys(variant.labels[label] for variant in found)) for label in found[0].labels}
    values = {label: different for label, different in every.items() if len(different) > 1} or every
    title = max(values, key=lambda label: (are_numbers(values[label]), len(values[label])))
    short = short_names(every) | {VARIANT: ""}
    position = {
        variant.name: (
            values[title].index(variant.labels[title]),
            ", ".join(f"{short[label]} {variant.labels[label]}".strip() for label in values if label != title),
        )
        for variant in found
    }
    return Axis("" if title == VARIANT else title, values[title], position)


def are_numbers(texts: Sequence[str]) -> bool:
    """Whether each of the texts is a number."""
    return all(map(NUMBER.fullmatch, texts))


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
        figure.legend(loc="outside lower left", ncols=SERIES_IN_ROW, frameon=False, fontsize=9)
    return figure
