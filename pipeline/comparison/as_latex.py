r"""A comparison as LaTeX tables, which need `\usepackage{booktabs}`."""

from collections.abc import Iterator, Sequence

from vaeflow.pipeline.comparison.as_text import described
from vaeflow.pipeline.comparison.layout import Cell, Column, Grid, Sheet, lay_out, minus
from vaeflow.pipeline.comparison.records import Comparison

LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
LETTER_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
ESCAPED = {
    "\\": r"\textbackslash{}",
    **{character: rf"\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "−": r"$-$",
    "–": "--",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "²": r"$^2$",
    "×": r"$\times$",
    "…": r"\dots{}",
    **{letter: rf"$\{name}$" for letter, name in zip(LETTERS, LETTER_NAMES.split(), strict=True)},
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
}


def to_latex(comparison: Comparison) -> str:
    """A `table` for the recipes and for each section of metrics; the protocol is in the caption."""
    layout = lay_out(comparison)
    comments = (f"% {line}" for line in (*layout.legend, *layout.notes))
    tables = [_table(layout.recipes, ""), *(table for sheet in layout.sheets for table in _sheet(sheet))]
    return "\n".join((r"% \usepackage{booktabs}", *comments, "", *tables))


def _sheet(sheet: Sheet) -> Iterator[str]:
    conditions = described({**sheet.apart, **sheet.shared})
    for grid in (*sheet.grids, *sheet.differences):
        yield _table(grid, conditions)


def _table(grid: Grid, conditions: str) -> str:
    caption = escaped(f"{grid.title}. {conditions}.") if conditions else escaped(f"{grid.title}.")
    lines = [
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{caption}}}",
        rf"  \begin{{tabular}}{{l{'r' * (len(grid.columns) - 1)}}}",
        r"    \toprule",
        f"    {_row([_head(column) for column in grid.columns])}",
        r"    \midrule",
        *(f"    {_row([_cell(cell) for cell in row])}" for row in grid.rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
        "",
    ]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    line = " & ".join(cells)
    # The command before it would take these for its argument.
    return rf"{'{}' if line.startswith(('[', '*')) else ''}{line} \\"


def _head(column: Column) -> str:
    return escaped(f"{column.title} {column.arrow}".rstrip())


def _cell(cell: Cell) -> str:
    text = escaped(cell.text)
    return rf"\textbf{{{text}}}" if cell.best else text


def escaped(text: str) -> str:
    """Text without characters that have a meaning in LaTeX; the sign of a number is a minus."""
    return "".join(ESCAPED.get(character, character) for character in minus(text))
