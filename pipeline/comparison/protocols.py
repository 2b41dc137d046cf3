"""Partition runs by the conditions under which each metric was measured."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vaeflow.components.evaluation.conditions import CONDITIONS, Condition
from vaeflow.components.evaluation.metrics.metric import Metric
from vaeflow.pipeline.comparison.evaluated import EvaluatedRun


class Part(NamedTuple):
    """Metrics, and the runs that share the conditions of each of them."""

    metrics: tuple[Metric, ...]
    runs: tuple[EvaluatedRun, ...]

    @property
    def conditions(self) -> list[Condition]:
        """The conditions of all metrics."""
        known = {condition for metric in self.metrics for condition in metric.conditions}
        return [condition for condition in CONDITIONS if condition in known]

    def text(self, condition: Condition) -> str:
        """A condition of these runs in words."""
        return condition.text(self.runs[0].circumstances)


def parts(runs: Sequence[EvaluatedRun], metrics: Iterable[Metric]) -> list[Part]:
    """The runs that can be compared by each metric, most runs first; metrics that compare the same runs are one part.

    Parts without any value are left out. A run without a value is in the part of its conditions, which shows that the
    value is missing, not that it cannot be compared.
    """
    found: dict[tuple[EvaluatedRun, ...], list[Metric]] = {}
    for metric in metrics:
        for alike in _alike(runs, metric):
            if any(metric.name in run.metrics for run in alike):
                found.setdefault(alike, []).append(metric)
    return sorted((Part(tuple(metrics), alike) for alike, metrics in found.items()), key=lambda part: -len(part.runs))


def _alike(runs: Sequence[EvaluatedRun], metric: Metric) -> list[tuple[EvaluatedRun, ...]]:
    """The runs by the conditions of a metric."""
    found: dict[tuple[str, ...], list[EvaluatedRun]] = {}
    for run in runs:
        found.setdefault(tuple(condition.of(run.circumstances) for condition in metric.conditions), []).append(run)
    return [tuple(alike) for alike in found.values()]


def apart(part: Part, runs: Iterable[EvaluatedRun]) -> tuple[str, ...]:
    """Titles of the conditions that keep the runs of a part from the others among `runs`."""
    circumstances = [run.circumstances for run in runs]
    return tuple(
        condition.title for condition in part.conditions if len({condition.of(each) for each in circumstances}) > 1
    )
