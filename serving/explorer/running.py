"""A server of the explorer in this process."""

import socket
from collections.abc import Callable, Sequence

import uvicorn

from vaeflow.models.errors import InputError
from vaeflow.serving.explorer.app import Explored, explorer_app

LOOPBACK = ("localhost", "127.0.0.1")


def open_socket(host: str, port: int) -> socket.socket:
    """A socket at the address. Raises `InputError` if it cannot be opened."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"--host {host} --port {port}: cannot be opened: {reason}. --port 0 is any free one.") from None


def address(opened: socket.socket) -> str:
    """The URL of the page."""
    host, port = opened.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def serve(models: Sequence[Explored], opened: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C; `ready` is called with its address just before."""
    host = opened.getsockname()[0]
    hosts = LOOPBACK if host in LOOPBACK else ("*",)
    config = uvicorn.Config(explorer_app(models, hosts), log_level="warning", lifespan="off")
    ready(address(opened))
    uvicorn.Server(config).run(sockets=[opened])
