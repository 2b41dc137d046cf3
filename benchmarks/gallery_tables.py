"""Tables of studies in Markdown, from their numbers."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from markdown_text import markdown_table

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.pipeline.comparison.layout import minus, shown
from vaeflow.pipeline.comparison.records import Estimate

MOST_ALONE = 2
"""Number of tables of a single row up to which each is shown with its protocol."""


def markdown(tables: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Tables of numbers, one for each protocol; those of the same metrics with one row each are listed together."""
    for (_, alone), group in groupby(tables, key=lambda table: (table["metrics"], len(table["cells"]) == 1)):
        same = list(group)
        if alone and len(same) > MOST_ALONE:
            yield from _each_alone(same)
        else:
            for table in same:
                yield from _one_protocol(table)


def _each_alone(tables: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Rows of which each has a protocol of its own, in a table for each kind of metric, or for all of no kind."""
    yield "Each of these rows has a protocol of its own, so that only numbers in one row can be compared."
    kinds: dict[str, dict[str, str]] = {}
    for metric in tables[0]["metrics"]:
        kind, _, title = head(metric).rpartition(": ")
        kinds.setdefault(kind, {})[metric] = title
    for kind, titles in kinds.items():
        if kind:
            yield kind
        rows = (
            [row, *(cell(table, row, cells, metric) for metric in titles)]
            for table in tables
            for row, cells in table["cells"].items()
        )
        yield markdown_table(["", *titles.values()], rows)


def _one_protocol(table: Mapping[str, Any]) -> Iterator[str]:
    """A table, headed by the conditions that keep it from the others; its longer side goes down the page."""
    if table["apart"]:
        yield "; ".join(f"{title}: {table['conditions'][title]}" for title in table["apart"])
    metrics = table["metrics"]
    heads = [head(metric) for metric in metrics]
    rows = [
        [row, *(cell(table, row, cells, metric) for metric in metrics)]
        for row, cells in table["cells"].items()
        if not cells.keys().isdisjoint(metrics)
    ]
    first, *body = [["", *heads], *rows] if len(rows) > len(heads) else zip(["", *heads], *rows, strict=True)
    yield markdown_table(first, body)


def head(metric: str) -> str:
    """The title of a metric, with the direction in which it is better."""
    return f"{METRICS[metric].title} {METRICS[metric].arrow}".strip()


def cell(table: Mapping[str, Any], row: str, cells: Mapping[str, Mapping[str, Any]], metric: str) -> str:
    """A value with its deviation; bold if it is the best."""
    if metric not in cells:
        return ""
    text = _text(metric, cells[metric])
    return f"**{text}**" if table["best"].get(metric) == row else text


def value(numbers: Mapping[str, Any], row: str, metric: str) -> str:
    """The value of a row in the one table that has it."""
    (cells,) = (
        cells
        for table in numbers["tables"]
        for name, cells in table["cells"].items()
        if name == row and metric in cells
    )
    return _text(metric, cells[metric])


def _text(metric: str, found: Mapping[str, Any]) -> str:
    mean = math.nan if found["mean"] is None else found["mean"]
    return minus(shown(metric, Estimate(mean, found["runs"], found["std"], found["error"])))
