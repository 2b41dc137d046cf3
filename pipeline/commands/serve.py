"""`vaeflow serve`: serve exported or published models."""

import asyncio
import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root, given_path
from vaeflow.pipeline.commands.serving import GRPC_PORT, PORT

if TYPE_CHECKING:
    from vaeflow.serving.server import Running


def serve(
    context: typer.Context,
    models: Annotated[
        str,
        typer.Argument(
            metavar="RUN|FOLDER",
            help="Id of a run, or `latest`; or a folder with models, such as one that runs publish to.",
        ),
    ],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for REST; 0 takes a free one.")] = PORT,
    grpc_port: Annotated[int, typer.Option(min=0, max=65535, help="Port for gRPC; 0 takes a free one.")] = GRPC_PORT,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 is all of this machine.")] = "127.0.0.1",
    root: Root = DEFAULT_ROOT,
) -> None:
    """Serve models with TensorFlow Serving's protocol: those of a run, or those in a folder, which is watched."""
    from vaeflow.components.extras import check_installed
    from vaeflow.pipeline.logs import redirected_stderr

    check_installed("serving", needed_for="vaeflow serve")
    folder = _folder(models, root)
    with _logging_to_user(), nullcontext() if context.obj else redirected_stderr(Path(os.devnull)):
        asyncio.run(_serve(folder, host, port, grpc_port))


async def _serve(folder: Path, host: str, port: int, grpc_port: int) -> None:
    from vaeflow.serving.limits import Limits
    from vaeflow.serving.server import Address, serve, signalled

    gc.freeze()  # or each collection, of which lists of pixels cause many, would go through the libraries' objects too
    await serve(folder, Address(host, port, grpc_port), Limits(), stopped=signalled(), started=_print)


def _folder(models: str, root: Path) -> Path:
    """The folder of the models that the argument names. Raises `InputError` if there is none."""
    from vaeflow.models.errors import InputError
    from vaeflow.pipeline.exported import exported_by
    from vaeflow.pipeline.summary import find_run
    from vaeflow.pipeline.workspace import Workspace

    path = given_path("RUN|FOLDER", models)
    if path.is_dir():
        return path
    if os.sep in models:
        raise InputError(f"{path}: expected a folder with models, but there is none.")
    workspace = Workspace(root)
    return exported_by(workspace, find_run(workspace, models)).path


def _print(server: "Running") -> None:
    for name, model in server.service.models.by_name.items():
        if model.available:
            typer.echo(f"  model  {name}")
    typer.echo(f"  REST   http://{server.http}/v1/models")
    typer.echo(f"  gRPC   {server.grpc}")
    typer.echo("  Ctrl-C stops the server.")


@contextmanager
def _logging_to_user() -> Iterator[None]:
    """Messages of the server go to stderr as it is now."""
    with os.fdopen(os.dup(2), "w", errors="backslashreplace") as stderr:
        handler = logging.StreamHandler(stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        logger = logging.getLogger("vaeflow.serving")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        try:
            yield
        finally:
            logger.removeHandler(handler)
