"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from vaeflow.components.home import expanded
from vaeflow.models.errors import InputError


def path_option(name: str, *others: str, metavar: str, help: str) -> Any:
    """An option whose value is a path, also with `~`, which no shell expands in quotes or after `=`."""
    return typer.Option(name, *others, metavar=metavar, help=help, parser=lambda text: given_path(name, str(text)))


def given_path(option: str, text: str) -> Path:
    """The path that an option or argument gives.

    Raises `InputError` for a URL, for an empty path, which would be the current directory, and for unknown users.
    """
    if not text:
        raise InputError(f"{option}: expected a path, got an empty one. The current directory is '.'.")
    try:
        return expanded(text)
    except ValueError as error:
        raise InputError(f"{option}: {error}.") from None


Recipe = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="Name of a packaged recipe (see `vaeflow recipes`), or a YAML file. "
        "Relative paths in it are relative to the current directory.",
    ),
]


def _run(text: str) -> str:
    if not text:
        raise InputError("RUN: expected the id of a run, or 'latest', got an empty text.")
    return text


Run = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, such as mnist5k-3, or `latest`.", callback=_run)]
Changes = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="SECTION.FIELD=VALUE", help="Set one field of the recipe; VALUE is YAML. Repeatable."
    ),
]
Root = Annotated[Path, path_option("--root", metavar="DIR", help="Folder that holds all runs.")]
BeamArgs = Annotated[
    list[str],
    typer.Option("--beam-arg", metavar="ARG", help="Option for Apache Beam, such as --runner=FlinkRunner. Repeatable."),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Also show debug messages and the log messages of libraries.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

DEFAULT_ROOT = Path("runs")
