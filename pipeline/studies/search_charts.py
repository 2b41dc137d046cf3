"""Charts of a search: its history, the importance of its fields, and the goal over each of them."""

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate
from statistics import median

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from vaeflow.components.evaluation.drawing.style import BLUE, FAINT, RED, label, plot, set_title, shown
from vaeflow.pipeline.comparison.recipe_fields import text
from vaeflow.pipeline.studies.charts import LONGEST, Chart
from vaeflow.pipeline.studies.figures import png
from vaeflow.pipeline.studies.found import Found
from vaeflow.pipeline.studies.search_config import Range
from vaeflow.pipeline.studies.trial import DIVERGED, FINISHED, PRUNED

HEADROOM = 0.15
"""Space above the best and below the lowest finished trial, as a share of their distance."""
FARTHEST = 4
"""How far below the best trial the axis reaches, in distances of the median from it: a few trials may diverge."""
MARGIN = 0.04
"""Space beside the lowest and the highest value of a field, as a share of their distance."""
TICKS = ((1_000, (1,)), (5, (1, 2, 5)), (1, tuple(range(1, 10))))
"""By the smallest ratio of the ends of a logarithmic range, the digits with ticks: several, and not too many."""


def history(found: Found) -> Chart:
    """The goal of each trial in their order, and the best so far. Pruned trials are at the last epoch they reached."""
    figure, (area,) = plot(height=3.2)
    finished = [trial for trial in found.trials if trial.state == FINISHED]
    best = list(accumulate((trial.goal for trial in finished), max))
    numbers = [trial.number for trial in finished]
    last = found.trials[-1].number
    area.step([*numbers, last], [*best, best[-1]], where="post", color=RED, linewidth=1.2, label="best so far")
    _points(area, found, [trial.number for trial in found.trials])
    area.xaxis.set_major_locator(MaxNLocator(integer=True))
    label(area, "trial", f"{found.config.goal} in nats")
    set_title(area, "History of the search")
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    told = ", ".join(f"{trial.goal:.2f} in trial {trial.number}" for trial in finished)
    return Chart(png(figure), f"{found.goal} of the finished trials: {told}")


def importance(found: Found) -> Iterator[Chart]:
    """The share of each field in the difference between good trials and others, if it is known."""
    shares = dict(sorted(found.weigh().items(), key=lambda item: item[1]))
    if not shares:
        return
    names = [found.short[field] for field in shares]
    figure, (area,) = plot(height=1.2 + 0.35 * len(shares))
    area.barh(range(len(shares)), list(shares.values()), color=BLUE)
    area.set_yticks(range(len(shares)), list(map(shown, names)))
    area.set_xlim(0, 1)
    label(area, "share of the difference between good trials and others")
    set_title(area, "Importance of the fields")
    told = ", ".join(f"{name} {share:.2f}" for name, share in zip(names, shares.values(), strict=True))
    yield Chart(png(figure), f"Importance of the fields: {told}")


def over_fields(found: Found) -> Iterator[Chart]:
    """The goal of each trial over the value of each field."""
    for field, values in found.config.ranges.items():
        figure, (area,) = plot(height=2.8)
        _points(area, found, _places(area, values, [trial.values[field] for trial in found.trials]))
        label(area, field, f"{found.config.goal} in nats")
        set_title(area, shown(found.short[field]))
        yield Chart(png(figure), f"{found.goal} of each trial over {field}")


def _places(area: Axes, values: Range, chosen: Sequence[object]) -> list[float]:
    """The places of the chosen values on the horizontal axis: those of choices are at equal distances."""
    if values.choices is None:
        _show_range(area, *values.extremes, log=values.log)
        return [float(str(value)) for value in chosen]
    choices = [text(choice) for choice in values.choices]
    upright = max(map(len, choices)) <= LONGEST
    area.set_xticks(range(len(choices)), list(map(shown, choices)), rotation=0 if upright else 20)
    area.set_xlim(-0.5, len(choices) - 0.5)
    places = {json.dumps(choice): place for place, choice in enumerate(values.choices)}  # long ones may read alike
    return [places[json.dumps(value)] for value in chosen]


def _show_range(area: Axes, low: float, high: float, *, log: bool) -> None:
    """Give the horizontal axis the whole range that was searched, with ticks at whole numbers if its ends are."""
    if log:
        area.set_xscale("log")
        area.xaxis.set_major_locator(LogLocator(subs=next(subs for ratio, subs in TICKS if high >= ratio * low)))
        area.xaxis.set_major_formatter("{x:g}")
        area.xaxis.set_minor_formatter(NullFormatter())
        room = (high / low) ** MARGIN
        area.set_xlim(low / room, high * room)
    else:
        area.xaxis.set_major_locator(MaxNLocator(integer=isinstance(low, int) and isinstance(high, int)))
        room = MARGIN * (high - low)
        area.set_xlim(low - room, high + room)


def _points(area: Axes, found: Found, places: Sequence[float]) -> None:
    """A point for each trial. Those far below most of the finished ones, pruned there or diverged, are at the edge."""
    goals = [trial.goal for trial in found.trials if trial.state == FINISHED]
    worst = max(min(goals), max(goals) - FARTHEST * (max(goals) - median(goals)))
    room = HEADROOM * (max(goals) - worst) or 1.0
    low, high = worst - room, max(goals) + room
    area.set_ylim(low, high)
    for state, filling, edge in ((FINISHED, BLUE, BLUE), (PRUNED, "none", FAINT), (DIVERGED, "none", RED)):
        chosen = [
            (place, max(low, trial.goal))  # low if there is no goal
            for place, trial in zip(places, found.trials, strict=True)
            if trial.state == state and trial != found.best
        ]
        if chosen:
            x, y = zip(*chosen, strict=True)
            area.scatter(x, y, s=26, facecolors=filling, edgecolors=edge, label=state, clip_on=False)
    place = places[found.trials.index(found.best)]
    area.scatter([place], [found.best.goal], s=70, marker="*", color=RED, label="best", zorder=3)


def charts(found: Found) -> list[Chart]:
    """All charts of a search."""
    return [history(found), *importance(found), *over_fields(found)]
