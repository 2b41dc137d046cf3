"""Format tables, times and numbers for display."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import typer

from vaeflow.components.evaluation.catalogue import METRICS


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text, each column as wide as its widest entry, regardless of the terminal: output may go to a file."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(f"{entry:{width}}" for entry, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def warn(problem: str) -> None:
    """Print a problem that does not keep the command from its work, if there is one, to stderr."""
    if problem:
        typer.secho(f"warning: {problem}", fg="yellow", err=True)


def local_time(iso: str) -> str:
    """Convert an ISO 8601 time to the local time zone; an unknown time is empty."""
    return iso and datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float | None) -> str:
    """A duration in seconds, minutes or hours, depending on its length; empty if it is None."""
    if seconds is None:
        return ""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def counted(number: int, noun: str) -> str:
    """A number of things, with their noun in the singular or the plural."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def metric(name: str, value: Any) -> str:
    """Format a value with the decimals of its metric, with its deviation or interval and its level by chance."""
    match value:
        case {"mean": mean, "std": std, "chance": chance}:
            return f"{metric(name, {'mean': mean, 'std': std})} (by chance {metric(name, chance)})"
        case {"mean": mean, "low": low, "high": high}:
            return f"{metric(name, mean)} [{metric(name, low)}, {metric(name, high)}]"
        case {"mean": mean, "std": std}:
            return f"{metric(name, mean)} ± {metric(name, std)}"
        case None:  # null in JSON stands for a number that is not finite
            return "undefined"
        case float() if name in METRICS:
            return f"{value:.{METRICS[name].decimals}f}"
        case float():
            return f"{value:.6g}"
        case _:
            return str(value)


def metric_rows(metrics: Mapping[str, Any]) -> list[list[str]]:
    """Rows of a table of metrics: name, value, unit, and whether higher or lower is better."""
    return [["", name, metric(name, value), *_meaning(name)] for name, value in metrics.items()]


def headline_rows(metrics: Mapping[str, Any]) -> list[list[str]]:
    """Rows of a table of the most important metrics: title, value and unit."""
    records = [record for record in METRICS.values() if record.headline and record.name in metrics]
    return [["", record.title, metric(record.name, metrics[record.name]), record.unit] for record in records]


def _meaning(name: str) -> tuple[str, str]:
    record = METRICS.get(name)
    return (record.unit, f"{record.better} is better" if record.better else "") if record else ("", "")
