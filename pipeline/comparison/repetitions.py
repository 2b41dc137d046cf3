"""Repetitions: runs of one recipe that differ only in their seeds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from vaeflow.pipeline.comparison.evaluated import EvaluatedRun
from vaeflow.pipeline.comparison.recipe_fields import SEEDS, shown

Groups = Mapping[str, Sequence[EvaluatedRun]]
"""Runs by the name of the row that they are shown in."""


def repetitions(runs: Iterable[EvaluatedRun]) -> dict[str, list[EvaluatedRun]]:
    """Groups of runs that differ only in their seeds, by a short name.

    Runs that reuse one evaluation count once. Trainings with the same recipe and the same seeds, of which only one can
    be in the group, are put into further groups.
    """
    groups: dict[tuple[object, ...], list[EvaluatedRun]] = {}
    before: Counter[tuple[object, ...]] = Counter()
    for run in _distinct(runs):
        recipe = _without_seeds(run)
        groups.setdefault((recipe, before[recipe, run.seeds]), []).append(run)
        before[recipe, run.seeds] += 1
    return _named(list(groups.values()))


def _distinct(runs: Iterable[EvaluatedRun]) -> Iterable[EvaluatedRun]:
    found: dict[tuple[object, ...], EvaluatedRun] = {}
    for run in runs:
        found.setdefault((run.identity, _without_seeds(run), run.seeds), run)
    return found.values()


def _without_seeds(run: EvaluatedRun) -> tuple[tuple[str, str], ...]:
    return tuple((name, shown(run.fields, name)) for name in run.fields.values if name not in SEEDS)


def _named(groups: Sequence[Sequence[EvaluatedRun]]) -> dict[str, list[EvaluatedRun]]:
    # A recipe may be called like a run of another one: digits-1.yaml.
    taken = Counter(name for group in groups for name in (group[0].recipe, *(run.name for run in group)))
    return {_name(group, alone=taken[group[0].recipe] == 1): list(group) for group in groups}


def _name(group: Sequence[EvaluatedRun], *, alone: bool) -> str:
    """The name of a single run, or of the recipe if no other group has it."""
    if len(group) == 1:
        return group[0].name
    same = {run.recipe for run in group} == {group[0].recipe}
    return group[0].recipe if alone and same else f"{group[0].name} and {len(group) - 1} more"
