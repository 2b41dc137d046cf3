"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Recipe = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="Name of a packaged recipe (see `vaeflow recipes`), or a YAML file. "
        "Relative paths in it are relative to the current directory.",
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, such as mnist5k-3, or `latest`.")]
Changes = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="SECTION.FIELD=VALUE", help="Set one field of the recipe; VALUE is YAML. Repeatable."
    ),
]
Root = Annotated[Path, typer.Option("--root", metavar="DIR", help="Folder that holds all runs.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Also show debug messages and the log messages of libraries.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

DEFAULT_ROOT = Path("runs")
