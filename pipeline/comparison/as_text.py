"""A comparison as text, in blocks of a title, lines and a table."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from vaeflow.pipeline.comparison.layout import Grid, lay_out
from vaeflow.pipeline.comparison.records import Comparison

MARK = " *"


class Block(NamedTuple):
    """A title, lines below it, and the rows of a table, of which the first are the heads of the columns."""

    title: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(comparison: Comparison) -> Iterator[Block]:
    """The recipes, the tables of each protocol, and the explanation of signs."""
    layout = lay_out(comparison)
    yield _block(layout.recipes)
    for sheet in layout.sheets:
        yield Block(described(sheet.apart) or "All runs", (described(sheet.shared),) if sheet.shared else ())
        yield from map(_block, (*sheet.grids, *sheet.differences))
    if layout.legend:
        yield Block("", tuple(line.replace("is marked", f"is marked with{MARK}") for line in layout.legend))
    if layout.notes:
        yield Block("Not compared", layout.notes)


def described(conditions: Mapping[str, str]) -> str:
    """Conditions in one line."""
    return "; ".join(f"{title}: {text}" for title, text in conditions.items())


def _block(grid: Grid) -> Block:
    heads = tuple(f"{column.name} {column.arrow}".rstrip() for column in grid.columns)
    rows = tuple(tuple(f"{cell.text}{MARK if cell.best else ''}" for cell in row) for row in grid.rows)
    return Block(grid.title, rows=(heads, *rows))
