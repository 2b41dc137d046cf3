"""`vaeflow explore`: a page on which one walks through the latent space of a model."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root, Run, path_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaeflow.serving.explorer.app import Explored

PORT = 8600


def explore(
    context: typer.Context,
    run: Run,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="RUN",
            help="Show the model of another run beside it. A run in another root is given with its folder: "
            "other/runs/mnist5k-3.",
        ),
    ] = None,
    export: Annotated[
        Path | None,
        path_option("--export", metavar="FILE", help="Write a page of one file, which needs no server, and stop."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 is any free one.")] = PORT,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Others than 127.0.0.1 may be open to the whole network.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Walk through the latent space of a run's model, on a page in the browser."""
    from contextlib import nullcontext

    from vaeflow.components.extras import check_installed
    from vaeflow.pipeline.logs import redirected_stderr

    check_installed("serving", needed_for="vaeflow explore")
    with nullcontext() if context.obj else redirected_stderr(Path(os.devnull)):
        models = _models([run, *([compare] if compare else [])], root)
    if export is not None:
        _write(models, export)
    else:
        _serve(models, host, port, browser)


def _models(names: "Sequence[str]", root: Path) -> "list[Explored]":
    from vaeflow.pipeline.commands.located import located
    from vaeflow.pipeline.exploring import explored

    found = [located(name, root) for name in names]
    return [explored(place.workspace, place.run, place.name) for place in found]


def _serve(models: "Sequence[Explored]", host: str, port: int, browser: bool) -> None:
    import webbrowser
    from contextlib import suppress

    from vaeflow.serving.explorer.running import address, open_socket, server

    with open_socket(host, port) as opened:
        typer.echo(f"{address(opened)}  (Ctrl-C ends it)")
        if browser and _has_windows():
            webbrowser.open(address(opened))
        with suppress(KeyboardInterrupt):
            server(models, opened).run(sockets=[opened])


def _has_windows() -> bool:
    """Whether a browser can open a window: elsewhere, one of text would take the terminal."""
    return sys.platform in ("darwin", "win32") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def _write(models: "Sequence[Explored]", file: Path) -> None:
    from vaeflow.models.errors import InputError
    from vaeflow.serving.explorer.freezing import frozen_page

    page = frozen_page(models)
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"--export {file}: cannot be written: {error.strerror}.") from None
    typer.echo(file)
