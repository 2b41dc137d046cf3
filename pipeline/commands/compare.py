"""`vaeflow compare`: compare the evaluations of runs."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root, path_option

if TYPE_CHECKING:
    from vaeflow.pipeline.comparison.evaluated import EvaluatedRun
    from vaeflow.pipeline.comparison.records import Comparison

STDOUT = Path("-")


def _output(name: str, what: str) -> Any:
    return path_option(name, metavar="FILE", help=f"Write {what}; `-` is stdout.")


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help="Ids of runs, such as mnist5k-3, or `latest`. A run in another root is given with its folder: "
            "other/runs/mnist5k-3.",
        ),
    ],
    metrics: Annotated[
        list[str], typer.Option("--metric", metavar="NAME", help="Metric to compare; by default all. Repeatable.")
    ] = [],  # noqa: B006
    html: Annotated[Path | None, _output("--html", "a page")] = None,
    csv: Annotated[Path | None, _output("--csv", "CSV, a line for each metric of each row")] = None,
    json: Annotated[Path | None, _output("--json", "JSON")] = None,
    tex: Annotated[Path | None, _output("--tex", "LaTeX tables, for booktabs")] = None,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Compare runs: what differs in their recipes, their metrics by protocol, and paired differences.

    Runs that differ only in their seed are one row. Numbers that were measured under different conditions are never
    in the same table.
    """
    from vaeflow.models.errors import InputError

    outputs = {name: file for name, file in (("html", html), ("csv", csv), ("json", json), ("tex", tex)) if file}
    if list(outputs.values()).count(STDOUT) > 1:
        raise InputError(f"--{', --'.join(outputs)}: only one of them can go to stdout.")
    if len({file.resolve() for file in outputs.values()}) < len(outputs):
        raise InputError(f"--{', --'.join(outputs)}: expected a file for each of them, got the same one twice.")
    comparison = _compared(runs, metrics, root)
    for name, file in outputs.items():
        _write(_format(name)(comparison), name, file)
    if STDOUT not in outputs.values():
        _print(comparison)
        for file in outputs.values():
            typer.echo(file)


def _compared(names: Sequence[str], metrics: Sequence[str], root: Path) -> "Comparison":
    from vaeflow.models.errors import InputError
    from vaeflow.pipeline.comparison.comparing import compare as compare_runs
    from vaeflow.pipeline.comparison.comparing import measured
    from vaeflow.pipeline.comparison.repetitions import repetitions

    _check_metrics(metrics)
    groups = repetitions(_read(names, root))
    found = [run for group in groups.values() for run in group]
    if len(found) < 2:
        raise InputError(f"{found[0].name}: expected at least two evaluations to compare, got one.")
    for name in metrics:
        if not measured(name, found):
            raise InputError(f"--metric {name}: no run has measured it.")
    return compare_runs(groups, metrics)


def _check_metrics(names: Sequence[str]) -> None:
    from vaeflow.components.closest import did_you_mean
    from vaeflow.components.evaluation.catalogue import METRICS
    from vaeflow.models.errors import InputError

    for name in names:
        if name not in METRICS:
            raise InputError(f"--metric {name}: no such metric.{did_you_mean(name, METRICS)}")


def _read(names: Sequence[str], root: Path) -> "Iterator[EvaluatedRun]":
    """The evaluations of the runs; the names of those in other roots are paths."""
    from vaeflow.pipeline.commands.located import located
    from vaeflow.pipeline.comparison.evaluated import read_run

    for name in names:
        yield read_run(*located(name, root))


def _format(name: str) -> "Callable[[Comparison], str]":
    from vaeflow.pipeline.comparison.as_csv import to_csv
    from vaeflow.pipeline.comparison.as_html import to_html
    from vaeflow.pipeline.comparison.as_json import to_json
    from vaeflow.pipeline.comparison.as_latex import to_latex

    return {"html": to_html, "csv": to_csv, "json": to_json, "tex": to_latex}[name]


def _print(comparison: "Comparison") -> None:
    from vaeflow.pipeline.commands.tables import table
    from vaeflow.pipeline.comparison.as_text import blocks

    for block in blocks(comparison):
        if block.title:
            typer.secho(block.title, bold=True)
        for line in block.lines:
            typer.echo(line)
        if block.rows:
            typer.echo(table(block.rows))
        typer.echo()


def _write(text: str, name: str, file: Path) -> None:
    """Write text to a file, or to stdout for `-`."""
    from vaeflow.models.errors import InputError

    if file == STDOUT:
        typer.echo(text.rstrip("\n"))
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"--{name} {file}: cannot be written: {error.strerror}.") from None
