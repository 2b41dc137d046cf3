"""A comparison as one self-contained HTML page, readable offline, on a phone and in print."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from vaeflow.components.pages import template
from vaeflow.pipeline.comparison.layout import described, lay_out, minus
from vaeflow.pipeline.comparison.records import Comparison

MOST_NAMES = 3
"""Maximum number of rows that the title names."""


def to_html(comparison: Comparison) -> str:
    """The page."""
    names = [row.name for row in comparison.rows]
    title = ", ".join(names) if len(names) <= MOST_NAMES else f"{names[0]} and {len(names) - 1} others"
    page = template(Path(__file__).with_name("page.html"), **TABLE_FILTERS)
    return page.render(title=f"Comparison of {title}", layout=lay_out(comparison))


def breakable(name: str) -> Markup:
    """A dotted name that a narrow page may break after its dots and underscores."""
    return Markup(re.sub(r"([._])(?=\w)", r"\1<wbr>", str(escape(name))))


TABLE_FILTERS: Mapping[str, Callable[..., Any]] = {"minus": minus, "breakable": breakable, "described": described}
"""What the macros of `tables.html` and the pages with its tables need."""
