"""How times, numbers and rows are written for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any


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


def metric(value: Any) -> str:
    """A metric, which may be a mean with its deviation."""
    if isinstance(value, dict):
        return f"{value['mean']:.4g} ± {value['std']:.2g}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
