"""Runs the two servers, for HTTP and for gRPC, in one event loop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc
import uvicorn
from starlette.routing import BaseRoute
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from vaeflow.models.errors import InputError
from vaeflow.serving.app import application
from vaeflow.serving.grpc_messages import UnreadableMessages
from vaeflow.serving.grpc_services import ModelService, PredictionService
from vaeflow.serving.limits import Limits
from vaeflow.serving.listening import listening_socket
from vaeflow.serving.service import Service
from vaeflow.serving.watching import Watcher

POLL_SECONDS = 1.0
"""As TensorFlow Serving's `--file_system_poll_wait_seconds`."""
GRACE_SECONDS = 10
"""Time for the last requests when the server is stopped."""


@dataclass(frozen=True)
class Address:
    """Where a server listens. A port of 0 is any that is free."""

    host: str = "127.0.0.1"
    port: int = 8501
    grpc_port: int = 8500


@dataclass(frozen=True)
class Running:
    """A server that answers requests, and its addresses."""

    service: Service
    http: str
    grpc: str


async def serve(
    folder: Path,
    address: Address,
    limits: Limits,
    *,
    stopped: asyncio.Event,
    started: Callable[[Running], None],
    routes: Callable[[Service], Sequence[BaseRoute]] = lambda _: (),
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Serve the models in a folder until the event `stopped`, with other `routes` beside those of the protocol.

    `started` is called once requests are answered. Raises `InputError` if no model can be served, or if an address is
    taken.
    """
    service = Service(limits)
    watcher = Watcher(folder, service.models, limits, service.threads)
    rpc = _grpc_server(service)
    with _listening(address) as http_socket:
        grpc_port = _listen(rpc, address)
        await _load(watcher, service, folder)
        await rpc.start()
        http = _HttpServer(_http_config(service, routes(service)))
        answering = asyncio.create_task(http.serve([http_socket]))
        watching = asyncio.create_task(watcher.run(poll_seconds))
        port = http_socket.getsockname()[1]
        started(Running(service, _joined(address.host, port), _joined(address.host, grpc_port)))
        waiting = asyncio.create_task(stopped.wait())
        ended, _ = await asyncio.wait([waiting, answering, watching], return_when=asyncio.FIRST_COMPLETED)
        http.should_exit = True
        waiting.cancel()
        watching.cancel()
        await asyncio.gather(answering, rpc.stop(GRACE_SECONDS))
    await watcher.close()
    service.threads.shutdown()
    for task in ended:
        task.result()  # which raises what has ended one of the servers


async def _load(watcher: Watcher, service: Service, folder: Path) -> None:
    await watcher.update()
    if not any(model.available for model in service.models.by_name.values()):
        raise InputError(
            f"{folder}: expected SavedModels in numbered folders of versions, but there are none to serve."
        )


def signalled() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    event = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    return event


class _HttpServer(uvicorn.Server):
    """Leaves the signals to `serve`, which stops both servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _http_config(service: Service, others: Sequence[BaseRoute]) -> uvicorn.Config:
    return uvicorn.Config(
        application(service, others),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # more than the clients' own limits, which close idle connections first
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _grpc_server(service: Service) -> grpc.aio.Server:
    options = [
        ("grpc.max_receive_message_length", service.limits.request_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.so_reuseport", 0),  # or two servers would share a port, and each get half of the requests
    ]
    server = grpc.aio.server(
        options=options, interceptors=[UnreadableMessages()], maximum_concurrent_rpcs=service.limits.requests
    )
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(PredictionService(service), server)
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(ModelService(service), server)
    return server


def _listening(address: Address) -> socket.socket:
    try:
        return listening_socket(address.host, address.port)
    except (OSError, OverflowError) as error:
        raise InputError(f"--port {address.port}: cannot listen at {address.host}: {error}.") from None


def _listen(server: grpc.aio.Server, address: Address) -> int:
    try:
        return server.add_insecure_port(_joined(address.host, address.grpc_port))
    except RuntimeError as error:
        raise InputError(f"--grpc-port {address.grpc_port}: cannot listen at {address.host}: {error}.") from None


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
