"""Show values of any size and content in one short line."""

import reprlib
from typing import Any

from vaeflow.components.printable import printable

LONGEST = 80


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text in one line without control characters, cut in its middle if it is longer than `longest`."""
    if len(text) > longest:
        text = f"{text[: longest // 2]} … {text[-(longest // 4) :]}"
    return printable(text)


def shown(value: Any) -> str:
    """A value as in Python, of which long texts and lists are shown in part only."""
    return shortened(_PARTS.repr(value))


_PARTS = reprlib.Repr()
_PARTS.maxstring = _PARTS.maxother = LONGEST
_PARTS.maxlist = _PARTS.maxdict = _PARTS.maxtuple = 6
_PARTS.maxlevel = 3
