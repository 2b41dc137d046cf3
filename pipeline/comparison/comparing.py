"""Compare groups of evaluated runs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.models.errors import InputError
from vaeflow.pipeline.comparison.estimates import best_row, estimate, unpaired_error
from vaeflow.pipeline.comparison.evaluated import EvaluatedRun
from vaeflow.pipeline.comparison.pairing import PerImageValues
from vaeflow.pipeline.comparison.protocols import Part, apart, parts
from vaeflow.pipeline.comparison.recipe_fields import SEEDS, differing, shown
from vaeflow.pipeline.comparison.records import Comparison, Difference, Estimate, Row, Table
from vaeflow.pipeline.comparison.repetitions import Groups
from vaeflow.pipeline.comparison.standard_error import StandardError


def compare(groups: Groups, metrics: Iterable[str] = ()) -> Comparison:
    """Compare groups of runs, each of which is a row, by the metrics with these names, or by all that were measured.

    Numbers that were measured under different conditions are put into different tables.
    """
    runs = [run for group in groups.values() for run in group]
    named = [METRICS[name] for name in dict.fromkeys(metrics)]
    notes = {f"{each.title}: no run has measured it.": None for each in named if not measured(each.name, runs)}
    found, values = parts(runs, named or list(METRICS.values())), PerImageValues()
    tables = tuple(_Comparer(part, groups, values, notes).table(apart(part, runs)) for part in found)
    return Comparison(tuple(_rows(groups)), tables, tuple(notes))


def measured(metric: str, runs: Iterable[EvaluatedRun]) -> bool:
    """Whether any of the runs has the metric."""
    return any(metric in run.metrics for run in runs)


def _rows(groups: Groups) -> Iterator[Row]:
    recipes = [run.fields for group in groups.values() for run in group]
    names = [name for name in differing(recipes) if name not in SEEDS]
    for name, group in groups.items():
        yield Row(name, tuple(run.name for run in group), {field: shown(group[0].fields, field) for field in names})


class _Comparer:
    """Compares the rows of one part."""

    def __init__(self, part: Part, groups: Groups, values: PerImageValues, notes: dict[str, None]) -> None:
        self.part = part
        self.values = values
        self.notes = notes
        within = {name: [run for run in group if run in part.runs] for name, group in groups.items()}
        self.groups: Groups = {name: group for name, group in within.items() if group}

    def table(self, apart: tuple[str, ...]) -> Table:
        """The table of the part, which the conditions `apart` keep from the other runs."""
        names = [metric.name for metric in self.part.metrics]
        cells = {row: dict(self._estimates(group, names)) for row, group in self.groups.items()}
        best = {
            metric.name: best_row(column, metric.better, lambda *rows, m=metric.name: self._error(cells, m, *rows))
            for metric in self.part.metrics
            if (column := _column(cells, metric.name))
        }
        return Table(
            metrics=tuple(names),
            conditions={condition.title: self.part.text(condition) for condition in self.part.conditions},
            apart=apart,
            cells=cells,
            best={metric: row for metric, row in best.items() if row is not None},
            differences=tuple(self._differences(cells, names)),
        )

    def _estimates(self, group: Sequence[EvaluatedRun], metrics: Sequence[str]) -> Iterator[tuple[str, Estimate]]:
        for metric in metrics:
            measured = [run.metrics[metric] for run in group if metric in run.metrics]
            if measured:
                yield metric, estimate(measured)

    def _differences(self, cells: "Cells", metrics: Sequence[str]) -> Iterator[Difference]:
        for metric in metrics:
            reference, *rows = _column(cells, metric) or [""]
            for row in rows:
                if (difference := self._difference(metric, row, reference)) is not None:
                    yield difference

    def _difference(self, metric: str, row: str, reference: str) -> Difference | None:
        """The paired difference of two rows; None, with a note, if their images cannot be paired."""
        groups = self.groups[row], self.groups[reference]
        if not all(self.values.has(run, metric) for group in groups for run in group):
            return None
        try:
            return Difference(row, reference, metric, *self.values.paired(*groups, metric))
        except InputError as error:
            self.notes[str(error)] = None
            return None

    def _error(self, cells: "Cells", metric: str, row: str, other: str) -> StandardError | None:
        """Standard error of a difference, paired if possible."""
        difference = self._difference(metric, row, other)
        return unpaired_error(cells[row][metric], cells[other][metric]) if difference is None else difference.error


Cells = Mapping[str, Mapping[str, Estimate]]


def _column(cells: Cells, metric: str) -> dict[str, Estimate]:
    return {row: estimates[metric] for row, estimates in cells.items() if metric in estimates}
