"""A comparison laid out as grids of text, which every format for readers draws in its own way."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from vaeflow.components.evaluation.catalogue import METRICS, SECTIONS
from vaeflow.pipeline.comparison.records import Comparison, Difference, Estimate, Row, Table

MISSING = "–"
MOST_METRICS = 8
"""Maximum number of metrics side by side, which fit on a sheet of paper."""


class Column(NamedTuple):
    """The head of a column: a metric, with the direction in which it is better and its unit, or other text."""

    name: str
    title: str
    arrow: str = ""
    unit: str = ""


class Cell(NamedTuple):
    """An entry; `best` marks the best value of a column."""

    text: str
    best: bool = False


class Grid(NamedTuple):
    """A table with a title and equally long rows; the first cell of a row is its head."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Sheet(NamedTuple):
    """The grids of one protocol: the conditions that set it apart from others, all others, metrics and differences."""

    apart: dict[str, str]
    shared: dict[str, str]
    grids: tuple[Grid, ...]
    differences: tuple[Grid, ...]

    @property
    def single(self) -> bool:
        """Whether it has a single row, which is compared with nothing."""
        return bool(self.grids) and all(len(grid.rows) == 1 for grid in self.grids)


class Layout(NamedTuple):
    """The recipes, a sheet for each protocol, the explanation of signs, and what could not be compared."""

    recipes: Grid
    sheets: tuple[Sheet, ...]
    legend: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def protocols(self) -> tuple[str, ...]:
        """The conditions that do not keep a sheet apart, said once where sheets have the same."""
        return tuple(dict.fromkeys(described(sheet.shared) for sheet in self.sheets if sheet.shared))


def described(conditions: Mapping[str, str]) -> str:
    """Conditions of a protocol in one line."""
    return "; ".join(f"{title.capitalize()}: {text}" for title, text in conditions.items())


def lay_out(comparison: Comparison) -> Layout:
    """The grids of a comparison."""
    sheets = tuple(_sheet(table, comparison.rows) for table in comparison.tables)
    return Layout(_recipes(comparison.rows), sheets, tuple(_legend(comparison)), comparison.notes)


def _recipes(rows: Sequence[Row]) -> Grid:
    """What differs between the recipes, with the fields in columns, or in rows if there are more of them."""
    fields = {row.name: dict(row.fields) for row in rows}
    if any(row.runs != (row.name,) for row in rows):
        fields = {row.name: {"runs": ", ".join(row.runs), **row.fields} for row in rows}
    names = list(fields[rows[0].name])
    if len(names) <= len(rows):
        heads, lines = ["recipe", *names], [[row, *values.values()] for row, values in fields.items()]
    else:
        heads, lines = ["field", *fields], [[name, *(fields[row][name] for row in fields)] for name in names]
    return Grid("Recipes", tuple(Column(head, head) for head in heads), tuple(tuple(map(Cell, line)) for line in lines))


def _sheet(table: Table, rows: Sequence[Row]) -> Sheet:
    apart = {title: text for title, text in table.conditions.items() if title in table.apart}
    shared = {title: text for title, text in table.conditions.items() if title not in table.apart}
    return Sheet(apart, shared, tuple(_grids(table)), tuple(_paired(table)))


def _grids(table: Table) -> Iterator[Grid]:
    """The metrics of a table under the headings of the report."""
    for heading, families in SECTIONS.items():
        here = [metric.name for family in families for metric in family.metrics if metric.name in table.metrics]
        for start in range(0, len(here), MOST_METRICS):
            some = here[start : start + MOST_METRICS]
            columns = (Column("recipe", "recipe"), Column("runs", "runs"), *map(_head, some))
            yield Grid(f"{heading}, continued" if start else heading, columns, _lines(table, some))


def _lines(table: Table, metrics: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(_line(table, row, metrics) for row in table.cells)


def _head(metric: str) -> Column:
    record = METRICS[metric]
    return Column(metric, record.title, record.arrow, record.unit)


def _line(table: Table, row: str, metrics: Sequence[str]) -> tuple[Cell, ...]:
    estimates = table.cells[row]
    runs = max((estimate.runs for estimate in estimates.values()), default=0)
    values = (
        Cell(shown(metric, estimates[metric]), table.best.get(metric) == row) if metric in estimates else Cell(MISSING)
        for metric in metrics
    )
    return Cell(row), Cell(str(runs or "")), *values


def shown(metric: str, estimate: Estimate) -> str:
    """A value with ± its deviation over the runs, or, of a single run, with its standard error in parentheses."""
    spread = estimate.error if estimate.std is None else estimate.std
    if spread is None or not math.isfinite(estimate.mean):
        return number(estimate.mean, METRICS[metric].decimals)
    decimals = _decimals(METRICS[metric].decimals, spread)
    mean, uncertainty = number(estimate.mean, decimals), number(spread, decimals)
    return f"{mean} ({uncertainty})" if estimate.std is None else f"{mean} ± {uncertainty}"


def _decimals(usual: int, spread: float) -> int:
    """The usual number of decimals, or up to two more if a spread would otherwise be shown as 0."""
    needed = -math.floor(math.log10(spread)) if spread > 0 else usual
    return needed if usual < needed <= usual + 2 else usual


def number(value: float, decimals: int, sign: str = "") -> str:
    """A number with a fixed number of decimals."""
    return f"{value:{sign}.{decimals}f}" if math.isfinite(value) else "undefined"


def minus(text: str) -> str:
    """Text that starts with a negative number, with a minus sign in place of the hyphen."""
    return text.replace("-", "−", 1) if text.startswith("-") and text[1:2].isdigit() else text


def _paired(table: Table) -> Iterator[Grid]:
    """The paired differences of a table, by the row that they are taken from."""
    heads = ("recipe", "metric", "difference", "error over images", "error over trainings", "verdict")
    references = dict.fromkeys((each.reference, each.images) for each in table.differences)
    for reference, images in references:
        here = [each for each in table.differences if (each.reference, each.images) == (reference, images)]
        title = f"Differences from {reference}, paired on {images:,} test images"
        yield Grid(title, tuple(Column(head, head) for head in heads), tuple(map(_difference, here)))


def _difference(each: Difference) -> tuple[Cell, ...]:
    decimals = METRICS[each.metric].decimals + 1
    training = "unknown" if each.training_error is None else number(each.training_error.value, decimals)
    return (
        Cell(each.row),
        Cell(METRICS[each.metric].title),
        Cell(number(each.difference, decimals, sign="+")),
        Cell(number(each.image_error.value, decimals)),
        Cell(training),
        Cell(verdict(each)),
    )


def verdict(difference: Difference) -> str:
    """What a difference says: better or worse, higher or lower where neither is better, or nothing."""
    if not difference.beyond_noise:
        return "within noise"
    direction = "higher" if difference.difference > 0 else "lower"
    match METRICS[difference.metric].better:
        case None:
            return direction
        case better:
            return "better" if direction == better else "worse"


def _legend(comparison: Comparison) -> Iterator[str]:
    """The explanation of the signs that occur."""
    tables = comparison.tables
    estimates = [each for table in tables for cells in table.cells.values() for each in cells.values()]
    differences = [each for table in tables for each in table.differences]
    if any(each.std is not None for each in estimates):
        yield "± is the sample standard deviation over the runs of a row."
    if any(each.runs == 1 and each.error is not None for each in estimates):
        yield "In parentheses: the standard error of a single run, over images and what else its evaluation covers."
    if any(table.best for table in tables):
        yield (
            "The best value of a column is marked if 0 is outside the 95 % confidence interval of its difference from "
            "every other one (Welch's t), paired by image where that is possible."
        )
    if differences:
        yield (
            "A difference is more than noise if 0 is outside its 95 % confidence interval (Welch's t), over images and "
            "trainings together."
        )
    if any(each.runs == 1 for each in estimates) and (differences or any(table.best for table in tables)):
        yield "Of rows with one run, these trainings are compared: how much other trainings differ is not known."
