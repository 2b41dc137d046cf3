"""A comparison as one self-contained HTML page, readable offline, on a phone and in print."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from vaeflow.pipeline.comparison.layout import lay_out, minus
from vaeflow.pipeline.comparison.records import Comparison

MOST_NAMES = 3
"""Maximum number of rows that the title names."""


def to_html(comparison: Comparison) -> str:
    """The page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"minus": minus, "breakable": breakable}
    names = [row.name for row in comparison.rows]
    title = ", ".join(names) if len(names) <= MOST_NAMES else f"{names[0]} and {len(names) - 1} others"
    return environment.get_template("page.html").render(title=f"Comparison of {title}", layout=lay_out(comparison))


def breakable(name: str) -> Markup:
    """A dotted name that a narrow page may break after its dots and underscores."""
    return Markup(re.sub(r"([._])(?=\w)", r"\1<wbr>", str(escape(name))))
