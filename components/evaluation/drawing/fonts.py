"""Fonts for the class names in figures: Matplotlib's own has Latin, Greek, Cyrillic and parts of other scripts only."""

import logging
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager, get_font
from matplotlib.text import Text

from vaeflow.components.evaluation.study import Study
from vaeflow.components.printable import printable

log = logging.getLogger(__name__)

DEFAULT = "DejaVu Sans"
PLACEHOLDERS = "Last Resort"
"""Beginning of the names of fonts that have a box for every character."""
REGULAR = 400

Characters = frozenset[str]


class Lettering(NamedTuple):
    """The classes' names in figures, and the fonts that have their characters, in the order of preference."""

    names: tuple[str, ...]
    families: tuple[str, ...]


def lettering(study: Study) -> Lettering:
    """The names of the study's classes in its figures; call through `Study.once`."""
    return letter(study.subject.label_names)


def letter(names: Sequence[str]) -> Lettering:
    """Each name, or the number of its class, such as `#3`, if no font of this machine has all of its characters.

    A warning says so once.
    """
    needed = [frozenset(printable(name)) for name in names]
    families = tuple(_families(frozenset().union(*needed)))
    available = frozenset().union(*(_available(family, frozenset().union(*needed)) for family in families))
    legible = [characters <= available for characters in needed]
    if not all(legible):
        log.warning(
            "no font on this machine has all characters of %d class names: figures show their numbers, such as #%d, of "
            "which the report has a table; install a font such as Noto Sans CJK to see the names",
            legible.count(False),
            legible.index(False),
        )
    shown = (name if is_legible else f"#{i}" for i, (name, is_legible) in enumerate(zip(names, legible, strict=True)))
    return Lettering(tuple(shown), families)


def set_fonts(figure: Figure, families: Sequence[str]) -> None:
    """Draw all text of a figure in these fonts: what one does not have, in the next.

    If there are several, nothing is bold: many fonts have one weight only, and Matplotlib warns if it has to take that.
    """
    for text in figure.findobj(Text):
        text.set_fontfamily(list(families))
        if len(families) > 1:
            text.set_fontweight(REGULAR)


def _families(characters: Characters) -> Iterator[str]:
    """The default font, and those that are needed besides it to draw as many of the characters as possible."""
    yield DEFAULT
    missing = characters - _available(DEFAULT, characters)
    for family in sorted({font.name for font in fontManager.ttflist if _is_plain(font)}):
        if not missing:
            return
        if found := _available(family, missing):
            missing -= found
            yield family


def _is_plain(font: FontEntry) -> bool:
    return font.weight == REGULAR and font.style == "normal" and not font.name.startswith(PLACEHOLDERS)


def _available(family: str, characters: Characters) -> Characters:
    """Those of the characters that Matplotlib can draw in this font."""
    font = get_font(findfont(FontProperties(family=family, weight=REGULAR)))
    if not font.scalable:  # such as emoji that are bitmaps
        return frozenset()
    return frozenset(char for char in characters if font.get_char_index(ord(char)))
