"""The whole run: `vaeflow run mnist5k` from an empty root, the share of training in it, and the same run cached."""

import json
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rounds import conditions, middle_and_range


def main(
    rounds: Annotated[int, typer.Option(help="Number of runs, each from an empty root.")] = 5,
    changes: Annotated[list[str], typer.Option("--set", help="As for `vaeflow run`.")] = [],  # noqa: B006, Typer copies it
) -> None:
    """Measure the whole run and its cached repetition."""
    print(conditions())
    measured = [measure(changes) for _ in track(range(rounds), "Running")]
    table = Table("", "median", "min – max", title="vaeflow run mnist5k")
    for name, form in {name: ".1%" if name.startswith("share") else ".2f" for name in measured[0]}.items():
        table.add_row(name, *middle_and_range([run[name] for run in measured], form))
    Console().print(table)


def measure(changes: list[str]) -> dict[str, float]:
    """Run the recipe twice in a new root and return the seconds of both commands and of each step."""
    with TemporaryDirectory() as root:
        command = ["run", "mnist5k", "--root", root, *(word for change in changes for word in ("--set", change))]
        whole = seconds(command)
        steps = json.loads(vaeflow("show", "latest", "--json", "--root", root))["steps"]
        training = next(step["seconds"] for step in steps if step["step"] == "train")
        return {
            "the whole command, s": whole,
            **{f"{step['step']}, s": step["seconds"] for step in steps},
            "share of train": training / whole,
            "the same command again, s": seconds(command),
        }


def seconds(command: list[str]) -> float:
    """Wall time of a command in seconds, including the start of Python."""
    started = time.perf_counter()
    vaeflow(*command)
    return time.perf_counter() - started


def vaeflow(*arguments: str) -> str:
    """Run a vaeflow command and return its output."""
    finished = subprocess.run([sys.executable, "-m", "vaeflow", *arguments], capture_output=True, text=True)
    if finished.returncode:
        raise SystemExit(f"vaeflow {' '.join(arguments)} failed:\n{finished.stdout}{finished.stderr}")
    return finished.stdout


if __name__ == "__main__":
    typer.run(main)
