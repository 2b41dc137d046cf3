"""`vaeflow sample`: sample images from the decoder that a run exported."""

import os
from pathlib import Path
from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root, Run, path_option


def sample(
    context: typer.Context,
    run: Run,
    count: Annotated[int, typer.Option("-n", min=1, max=4096, help="Number of images.")] = 16,
    seed: Annotated[
        int, typer.Option(min=-(2**31), max=2**31 - 1, help="Random seed; the same seed gives the same images.")
    ] = 0,
    label: Annotated[
        str | None,
        typer.Option(
            help="Class of the images, for models that generate by class: its name, or its number if no name is a "
            "number. `vaeflow show` lists both."
        ),
    ] = None,
    output: Annotated[Path, path_option("--output", "-o", metavar="FILE", help="Image file to write.")] = Path(
        "grid.png"
    ),
    root: Root = DEFAULT_ROOT,
) -> None:
    """Sample images from a run's exported decoder and arrange them in a grid."""
    from contextlib import nullcontext

    from vaeflow.pipeline.exported import decoder_of
    from vaeflow.pipeline.logs import redirected_stderr
    from vaeflow.pipeline.summary import find_run
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    decoder = decoder_of(workspace, find_run(workspace, run))
    with nullcontext() if context.obj else redirected_stderr(Path(os.devnull)):
        from vaeflow.pipeline.sampling import grid, sample_images, save_picture

        picture = grid(sample_images(decoder, count, seed, label))
    save_picture(picture, output)
    typer.echo(output)
