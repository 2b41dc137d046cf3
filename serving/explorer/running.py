"""A server of the explorer in this process."""

import socket
from collections.abc import Sequence

import uvicorn

from vaeflow.models.errors import InputError
from vaeflow.serving.explorer.app import Explored, explorer_app
from vaeflow.serving.listening import listening_socket

LOOPBACK = ("localhost", "127.0.0.1")


def open_socket(host: str, port: int) -> socket.socket:
    """A socket at the address. Raises `InputError` if it cannot be opened."""
    try:
        return listening_socket(host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"--host {host} --port {port}: cannot be opened: {reason}. Port 0 is any free one.") from None


def address(opened: socket.socket) -> str:
    """The URL of the page."""
    host, port = opened.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def server(models: Sequence[Explored], opened: socket.socket) -> uvicorn.Server:
    """A server for a socket. It is not found under other names than those of this machine, unless others may ask."""
    host = opened.getsockname()[0]
    hosts = LOOPBACK if host in LOOPBACK else ("*",)
    return uvicorn.Server(uvicorn.Config(explorer_app(models, hosts), log_level="warning", lifespan="off"))
