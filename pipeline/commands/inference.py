"""`vaeflow encode`, `reconstruct`, `classify` and `score`: apply the encoder that a run exported to new images."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vaeflow.components.inference.tasks import Task
from vaeflow.pipeline.commands.options import DEFAULT_ROOT, BeamArgs, Root, Run, Verbose, path_option

if TYPE_CHECKING:
    from vaeflow.components.inference.applying import Applied
    from vaeflow.components.inference.score_summary import ScoreSummary
    from vaeflow.components.sources.config import IngestConfig

_AGAIN = "Run the same command again to resume."

log = logging.getLogger(__name__)

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="New images, as in `ingest.source`: folder:PATH, npz:PATH, tfds:NAME, mnist5k, digits or sprites.",
    ),
]
Output = Annotated[
    Path,
    path_option(
        "--output",
        "-o",
        metavar="FILE",
        help="What to write, with the suffix .parquet, .npz or .csv: one file up to 256 MiB, otherwise a folder of "
        "parts.",
    ),
]
Fields = Annotated[
    list[str],
    typer.Option("--set", metavar="ingest.FIELD=VALUE", help="Set a field of the source; VALUE is YAML. Repeatable."),
]


def applying(task: Task) -> Callable[..., None]:
    """The command of a task."""

    def command(
        context: typer.Context,
        run: Run,
        source: Source,
        output: Output,
        fields: Fields = [],  # noqa: B006, Typer copies it
        beam_arg: BeamArgs = [],  # noqa: B006
        root: Root = DEFAULT_ROOT,
        verbose: Verbose = False,
    ) -> None:
        from vaeflow.pipeline.exported import encoder_of
        from vaeflow.pipeline.new_images import source_config
        from vaeflow.pipeline.summary import find_run
        from vaeflow.pipeline.workspace import Workspace

        config = source_config(source, fields)
        workspace = Workspace(root)
        encoder = encoder_of(workspace, find_run(workspace, run))
        started = time.monotonic()
        applied = _apply(task, encoder, config, output, beam_arg, verbose=verbose or bool(context.obj))
        typer.echo(f"{output}: {applied.images} images in {time.monotonic() - started:.1f} s.")
        if applied.scores is not None:
            _print(applied.scores)

    command.__name__, command.__doc__ = task.name, task.purpose
    return command


def _apply(
    task: Task, encoder: Path, config: "IngestConfig", output: Path, beam_args: Sequence[str], *, verbose: bool
) -> "Applied":
    """Apply the encoder. Raises `InputError` or `RunError` if there are no results."""
    from vaeflow.models.errors import InputError, RunError
    from vaeflow.pipeline.display import interactive
    from vaeflow.pipeline.failures import one_line
    from vaeflow.pipeline.interruption import run_in_thread
    from vaeflow.pipeline.logs import quiet_libraries, redirected_stderr

    with interactive(verbose=verbose, advice=_AGAIN), quiet_libraries(), ExitStack() as quiet:
        if not verbose:
            quiet.enter_context(redirected_stderr(Path(os.devnull)))
        from vaeflow.components.inference.applying import apply

        try:
            return run_in_thread(lambda: apply(task, encoder, config, output.absolute(), beam_args=beam_args))
        except (InputError, RunError):
            raise
        except Exception as error:
            log.debug("vaeflow %s failed", task.name, exc_info=True)
            raise RunError(f"vaeflow {task.name}: {one_line(error)}\nNext: {_AGAIN}") from error


def _print(scores: "ScoreSummary") -> None:
    from vaeflow.pipeline.commands.tables import table

    typer.echo(f"  {scores.above:.2%} are anomalies, with a score above 0.5.")
    typer.echo(f"  Shift from the scores of the validation images: {scores.shift:.3f} (Kolmogorov-Smirnov, 0 to 1).")
    typer.echo("  The highest scores:")
    typer.echo(table([["", name, f"{score:.4f}"] for name, score in scores.highest]))
