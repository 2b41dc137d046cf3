"""What a figure of an evaluation is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from matplotlib.figure import Figure

from vaeflow.components.evaluation.needs import Need
from vaeflow.components.evaluation.study import Study


class Picture(NamedTuple):
    """A figure, its caption and its alt text."""

    name: str
    caption: str
    alt: str
    figure: Figure


@dataclass(frozen=True)
class Drawing:
    """A figure that is drawn wherever its needs are met; `draw` gives None where there is nothing to show."""

    draw: Callable[[Study], Picture | None]
    needs: tuple[Need, ...] = ()
