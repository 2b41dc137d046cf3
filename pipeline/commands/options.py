"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Recipe = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="A packaged recipe's name (see `recipes`), or a YAML file, whose relative paths start from here.",
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, such as mnist5k-3, or `latest`.")]
Changes = Annotated[
    list[str],
    typer.Option("--set", metavar="SECTION.FIELD=VALUE", help="Change one field of the recipe; the value is YAML."),
]
Root = Annotated[Path, typer.Option("--root", metavar="DIR", help="Where all runs are kept.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show the libraries' own log lines too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

DEFAULT_ROOT = Path("runs")
