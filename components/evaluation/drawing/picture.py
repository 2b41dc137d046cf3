"""The record of a figure, and the picture that it draws."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from matplotlib.figure import Figure

from vaeflow.components.evaluation.needs import Need, unmet_need
from vaeflow.components.evaluation.study import Study


class Picture(NamedTuple):
    """A drawn figure with its name, caption and alt text."""

    name: str
    caption: str
    alt: str
    figure: Figure


@dataclass(frozen=True)
class Drawing:
    """A figure that is drawn if its needs are met; `draw` returns None if there is nothing to show.

    `measures` are the measures of metrics that it shows. It is left out if all their metrics are.
    """

    draw: Callable[[Study], Picture | None]
    needs: tuple[Need, ...] = ()
    measures: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the figure: that of its module."""
        return self.draw.__module__.rpartition(".")[2]

    def available(self, study: Study) -> bool:
        """Whether the study can show the figure and is not told to leave it out."""
        measured = all(name in study.measured.moments for name in self.measures)
        return measured and self.name not in study.settings.left_out and not unmet_need(self.needs, study.subject)
