"""A comparison as CSV: a line for each metric of each row in each protocol."""

import csv
import io
import math
from collections.abc import Iterator
from typing import Any

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.pipeline.comparison.as_text import described
from vaeflow.pipeline.comparison.layout import verdict
from vaeflow.pipeline.comparison.records import Comparison, Difference, Row, Table

HEADS = (
    "row",
    "runs",
    "protocol",
    "metric",
    "unit",
    "better",
    "mean",
    "std_over_runs",
    "error_of_one_run",
    "standard_error",
    "best",
    "reference",
    "difference",
    "difference_error_over_images",
    "difference_error_over_trainings",
    "difference_margin",
    "verdict",
)


def to_csv(comparison: Comparison) -> str:
    """Lines with the numbers in full, the values of the fields that differ, and the protocol in words.

    Only lines with the same metric and the same protocol can be compared.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((*HEADS, *comparison.rows[0].fields))
    for table in comparison.tables:
        for row in comparison.rows:
            if row.name in table.cells:
                writer.writerows((*line, *row.fields.values()) for line in _lines(table, row))
    return stream.getvalue()


def _lines(table: Table, row: Row) -> Iterator[list[Any]]:
    paired = {each.metric: each for each in table.differences if each.row == row.name}
    for metric, estimate in table.cells[row.name].items():
        record, own = METRICS[metric], {condition.title for condition in METRICS[metric].conditions}
        protocol = described({title: text for title, text in table.conditions.items() if title in own})
        error = estimate.standard_error
        numbers = [estimate.mean, estimate.std, estimate.error, error and error.value]
        line = [row.name, estimate.runs, protocol, metric, record.unit, record.better, *map(_number, numbers)]
        yield [*line, "best" if table.best.get(metric) == row.name else "", *_difference(paired.get(metric))]


def _difference(difference: Difference | None) -> list[Any]:
    if difference is None:
        return [""] * 6
    training = difference.training_error
    errors = [difference.image_error.value, training and training.value, difference.error.margin]
    return [difference.reference, *map(_number, [difference.difference, *errors]), verdict(difference)]


def _number(value: float | None) -> float | str:
    return "" if value is None or not math.isfinite(value) else value
