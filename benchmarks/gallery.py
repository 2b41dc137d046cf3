"""Run packaged studies, and write docs/gallery.md, what each measured with one picture, and README's table of models.

The numbers are kept in docs/gallery/, a file a study. `--table` writes the page from these files without running. Runs
that are finished under the root are not repeated.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import models_table
import typer
from gallery_picture import charts_of_search, montage
from gallery_tables import markdown
from markdown_text import markdown_paragraph
from rich.console import Console

from vaeflow.pipeline.comparison.layout import minus
from vaeflow.pipeline.studies.members import members
from vaeflow.pipeline.studies.page import titled
from vaeflow.pipeline.studies.results import NUMBERS
from vaeflow.pipeline.studies.running import earlier_outcomes
from vaeflow.pipeline.studies.study import STUDIES, load

DOCS = Path(__file__).parents[1] / "docs"
PAGE, FOLDER = DOCS / "gallery.md", DOCS / "gallery"
FAMILY = "family"
"""The study whose numbers are in README's table of models."""

INTRODUCTION = """
One picture and one table of each packaged study. This page is written by `benchmarks/gallery.py`, which runs the
studies. `vaeflow study NAME` makes the whole page of a study, with all figures, charts and paired differences. Numbers
are means over seeds ± their sample standard deviation, on the test images; a bold one differs from every other one of
its metric by more than noise (Welch's t, 95 %). All figures are of seed 0.
"""


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Studies to run. Default: all packaged ones.")] = None,
    root: Annotated[Path, typer.Option(help="Folder that holds the runs.")] = Path("runs"),
    table: Annotated[bool, typer.Option("--table", help="Only write the page, without running.")] = False,
) -> None:
    """Run studies, and write the page of all that were run."""
    for name in () if table else names or STUDIES.packaged():
        keep(name, root)
    results = kept()
    PAGE.write_text(render(results), encoding="utf-8")
    if FAMILY in results:
        models_table.write(results[FAMILY])
    Console().print(f"{PAGE} written")


def keep(name: str, root: Path) -> None:
    """Run a study, and keep its numbers and its picture."""
    command = [sys.executable, "-m", "vaeflow", "study", name, "--root", str(root)]
    if subprocess.run(command).returncode:
        raise SystemExit(f"{' '.join(command[2:])} failed")
    FOLDER.mkdir(exist_ok=True)
    numbers = json.loads((root / "studies" / name / NUMBERS).read_text(encoding="utf-8"))
    (FOLDER / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    study, picture = load(name), FOLDER / f"{name}.png"
    if study.config.search:
        charts_of_search(study, study.config.search, root, picture)
    else:
        montage(earlier_outcomes(members(study), root), study.config.show[0], root, picture)


def kept() -> dict[str, dict[str, Any]]:
    """The numbers of all studies that were run, by name, in the order of the command `studies`."""
    files = {name: FOLDER / f"{name}.json" for name in STUDIES.packaged()}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.is_file()}


def render(results: Mapping[str, Mapping[str, Any]]) -> str:
    """The page as Markdown."""
    parts = ["# Gallery", markdown_paragraph(INTRODUCTION)]
    for name, numbers in results.items():
        parts.extend(section(name, numbers))
    return "\n\n".join(parts) + "\n"


def section(name: str, numbers: Mapping[str, Any]) -> Iterator[str]:
    """The heading, text, picture and tables of a study."""
    config = load(name).config
    minutes = f"  # about {config.minutes:g} minutes on two cores" if config.minutes else ""
    yield f"## {name}"
    yield config.description
    yield f"```sh\nvaeflow study {name}{minutes}\n```"
    shown = "Charts of the search" if config.search else f"{titled(config.show[0])} by variant"
    yield f"![{shown}](gallery/{name}.png)"
    if config.search:
        yield markdown_paragraph(best_trial(numbers["search"], config.search.goal))
    yield from markdown(numbers["tables"])
    yield markdown_paragraph(config.read)


def best_trial(search: Mapping[str, Any], goal: str) -> str:
    """What the best trial of a search was, in a sentence."""
    (best,) = (trial for trial in search["trials"] if trial["number"] == search["best"])
    values = ", ".join(f"`{field}` {value}" for field, value in best["values"].items())
    reached = minus(f"{best['goal']:.2f}")
    return f"The best of {len(search['trials'])} trials has {values}, with a `{goal}` of {reached}."


if __name__ == "__main__":
    typer.run(main)
