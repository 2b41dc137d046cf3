"""The commands, and what becomes of their errors."""

import errno
import sys
import textwrap
from io import TextIOWrapper
from typing import Annotated

import typer

from vaeflow.components.inference.tasks import TASKS
from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.commands import kubeflow
from vaeflow.pipeline.commands.compare import compare
from vaeflow.pipeline.commands.explore import explore
from vaeflow.pipeline.commands.gc import gc
from vaeflow.pipeline.commands.inference import applying
from vaeflow.pipeline.commands.options import Verbose
from vaeflow.pipeline.commands.publish import publish
from vaeflow.pipeline.commands.recipes import recipes
from vaeflow.pipeline.commands.run import run
from vaeflow.pipeline.commands.runs import runs
from vaeflow.pipeline.commands.sample import sample
from vaeflow.pipeline.commands.serve import serve
from vaeflow.pipeline.commands.show import show
from vaeflow.pipeline.commands.studies import studies
from vaeflow.pipeline.commands.study import study
from vaeflow.pipeline.commands.sweep import sweep
from vaeflow.pipeline.commands.verify import verify

ERROR = "error: "
INDENT = " " * len(ERROR)

app = typer.Typer(name="vaeflow", no_args_is_help=True, pretty_exceptions_enable=False)
for command in (run, recipes, runs, show, compare, study, studies, sweep, sample, explore, publish, serve, verify, gc):
    app.command()(command)
for task in TASKS:
    app.command()(applying(task))
app.add_typer(kubeflow.app, name="kubeflow")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"vaeflow {version('vaeflow')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    verbose: Verbose = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
    ] = False,
) -> None:
    """Train, compare and deploy variational autoencoders, from images to a served decoder."""
    context.obj = verbose


def start() -> None:
    """Run the command line, and end the process with its exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as for stderr: names of files may be no valid text
    try:
        app()
    except InputError as error:
        _fail(error, 2)
    except RunError as error:
        _fail(error, 1)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or error.filename is not None:
            raise
        _fail(RunError(f"The output cannot be written: {error.strerror}."), 1)


def _fail(error: Exception, exit_code: int) -> None:
    typer.secho(ERROR, fg="red", bold=True, nl=False, err=True)
    typer.echo(textwrap.indent(str(error), INDENT).lstrip(), err=True)
    sys.exit(exit_code)
