"""Contestants take turns, A B C A B C …, so that other load on the machine affects all of them equally."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import track
from rich.table import Table

SCRIPTS = Path(__file__).parent / "processes"


@dataclass(frozen=True)
class Contestant:
    """A script in `processes/` with its arguments. The last line of its output is the measurement."""

    name: str
    script: str
    arguments: Sequence[str]


def run(script: str, *arguments: str) -> str:
    """Run a script in `processes/` in a new process and return its output."""
    finished = subprocess.run([sys.executable, str(SCRIPTS / script), *arguments], capture_output=True, text=True)
    if finished.returncode:
        raise SystemExit(f"{script} failed:\n{finished.stderr}")
    return finished.stdout


def compete(title: str, contestants: Sequence[Contestant], rounds: int, form: str) -> None:
    """Measure every contestant once per round; print its measurements and the first contestant's ratio to it by round.

    `form` is the format specification of a measurement.
    """
    print(conditions())
    results: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for turn in track([*contestants] * rounds, "Measuring"):
        results[turn.name].append(float(run(turn.script, *turn.arguments).splitlines()[-1]))
    first, measured = next(iter(results.items()))
    table = Table("", "median", "min – max", f"{first} ÷ this", "min – max", title=title)
    for name, values in results.items():
        ratios = [ours / theirs for ours, theirs in zip(measured, values, strict=True)]
        table.add_row(name, *middle_and_range(values, form), *middle_and_range(ratios, ".2f"))
    Console().print(table)


def middle_and_range(values: Sequence[float], form: str) -> tuple[str, str]:
    """The median and the range, as text for a table."""
    return f"{median(values):{form}}", f"{min(values):{form}} – {max(values):{form}}"


def conditions() -> str:
    """The conditions of a measurement: cores, load and Python version."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, Python {python}"
