"""Markdown of the pages that benchmarks write."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

WIDTH = 120


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The lines of a table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def markdown_paragraph(text: str) -> str:
    """A text of any layout in lines of the page's width."""
    return "\n".join(wrap(" ".join(text.split()), WIDTH))
