"""`vaeflow sample`: sample images from the decoder that a run exported."""

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
    count: Annotated[int, typer.Option("-n", min=1, max=4096, help="Number of images.")] = 16,
    seed: Annotated[
        int, typer.Option(min=-(2**31), max=2**31 - 1, help="Random seed; the same seed gives the same images.")
    ] = 0,
    label: Annotated[
        int | None, typer.Option(min=0, help="Class of the images, as a number, for models that generate by class.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Image file to write.")] = Path("grid.png"),
    root: Root = DEFAULT_ROOT,
) -> None:
    """Sample images from a run's exported decoder and arrange them in a grid."""
    from contextlib import nullcontext

    from vaeflow.pipeline.logs import redirected_stderr
    from vaeflow.pipeline.summary import find_run, summary
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    decoder = _decoder(summary(workspace, find_run(workspace, run)))
    with nullcontext() if context.obj else redirected_stderr(Path(os.devnull)):
        from vaeflow.pipeline.sampling import grid, sample_images, save_picture

        picture = grid(sample_images(decoder, count, seed, label))
    save_picture(picture, output)
    typer.echo(output)


def _decoder(run: "RunSummary") -> Path:
    from vaeflow.models.errors import InputError

    for step in run.steps:
        if step.artifact is not None and step.artifact.kind == "ServingModel":
            decoder = Path(step.artifact.path) / "decoder"
            if not decoder.is_dir():
                raise InputError(f"{run.run}: expected the exported decoder at {decoder}, but it was removed.")
            return decoder
    raise InputError(f"{run.run}: the run has not exported a decoder; its state is '{run.state}'.")
