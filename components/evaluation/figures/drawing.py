"""The record of a figure, and the picture that it draws."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from matplotlib.figure import Figure

from vaeflow.components.evaluation.needs import Need
from vaeflow.components.evaluation.study import Study


class Picture(NamedTuple):
    """A drawn figure with its name, caption and alt text."""

    name: str
    caption: str
    alt: str
    figure: Figure


@dataclass(frozen=True)
class Drawing:
    """A figure that is drawn if its needs are met; `draw` returns None if there is nothing to show."""

    draw: Callable[[Study], Picture | None]
    needs: tuple[Need, ...] = ()
