"""How times, numbers and rows are written for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vaeflow.components.evaluation.catalogue import METRICS


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns as wide as their widest entry, whatever the terminal: it may be a file."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(f"{entry:{width}}" for entry, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def local_time(iso: str) -> str:
    """A time in ISO 8601, on the clock of whoever reads it."""
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float | None) -> str:
    """In seconds, or in minutes or hours where it is long; nothing for what has not ended."""
    if seconds is None:
        return ""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def metric(name: str, value: Any) -> str:
    """The value of a metric with the decimals of its record, and its deviation if it is a mean; others as they are."""
    match value:
        case {"mean": mean, "std": std}:
            return f"{metric(name, mean)} ± {metric(name, std)}"
        case None:  # JSON's word for a number that is not finite
            return "undefined"
        case float() if name in METRICS:
            return f"{value:.{METRICS[name].decimals}f}"
        case float():
            return f"{value:.6g}"
        case _:
            return str(value)


def metric_rows(metrics: Mapping[str, Any]) -> list[list[str]]:
    """Rows for a table: each metric's name, value and unit, and which way is better."""
    return [["", name, metric(name, value), *_meaning(name)] for name, value in metrics.items()]


def _meaning(name: str) -> tuple[str, str]:
    record = METRICS.get(name)
    return (record.unit, f"{record.better} is better" if record.better else "") if record else ("", "")
