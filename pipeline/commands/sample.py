"""`vaeflow sample`: pictures from the decoder that a run exported."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root, Run

if TYPE_CHECKING:
    from vaeflow.pipeline.summary import RunSummary


def sample(
    context: typer.Context,
    run: Run,
    count: Annotated[int, typer.Option("-n", min=1, max=4096, help="How many images.")] = 16,
    seed: Annotated[int, typer.Option(min=-(2**31), max=2**31 - 1, help="The same seed gives the same images.")] = 0,
    label: Annotated[
        int | None, typer.Option(min=0, help="The class of all images, by its number, of a model that has classes.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")] = Path("grid.png"),
    root: Root = DEFAULT_ROOT,
) -> None:
    """Draw images from a run's exported decoder, as one picture."""
    from contextlib import nullcontext

    from vaeflow.pipeline.logs import redirected_stderr
    from vaeflow.pipeline.summary import find_run, summary
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    decoder = _decoder(summary(workspace, find_run(workspace, run)))
    with nullcontext() if context.obj else redirected_stderr(Path(os.devnull)):
        from vaeflow.pipeline.sampling import grid, sampled, save_picture

        picture = grid(sampled(decoder, count, seed, label))
    save_picture(picture, output)
    typer.echo(output)


def _decoder(run: "RunSummary") -> Path:
    from vaeflow.models.errors import InputError

    for step in run.steps:
        if step.artifact is not None and step.artifact.kind == "ServingModel":
            decoder = Path(step.artifact.path) / "decoder"
            if not decoder.is_dir():
                raise InputError(f"{run.run}: its decoder is no longer at {decoder}.")
            return decoder
    raise InputError(f"{run.run}: this run has exported no decoder; it is {run.state}.")
