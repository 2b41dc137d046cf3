"""How times and numbers are written in tables."""

from datetime import datetime
from typing import Any


def local_time(iso: str) -> str:
    """A time in ISO 8601, on the clock of whoever reads it."""
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def seconds(value: float | None) -> str:
    """A duration in seconds, or in minutes or hours where it is long."""
    if value is None:
        return ""
    if value < 120:
        return f"{value:.1f} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def metric(value: Any) -> str:
    """A metric, which may be a mean with its deviation."""
    if isinstance(value, dict):
        return f"{value['mean']:.4g} ± {value['std']:.2g}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
