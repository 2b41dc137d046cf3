"""Servers of toy models, each in a thread of the test's process, at free ports."""

import asyncio
import threading
from contextlib import contextmanager

import grpc
import httpx
import pytest
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from tests.serving.toy_models import write_models
from vaeflow.serving.limits import Limits
from vaeflow.serving.server import Address, serve


class Server:
    """A running server, with clients for HTTP and gRPC."""

    def __init__(self, running):
        self.service = running.service
        self.addresses = running.http, running.grpc
        self.http = httpx.Client(base_url=f"http://{running.http}", timeout=60)
        self.channel = grpc.insecure_channel(running.grpc)
        self.prediction = prediction_service_pb2_grpc.PredictionServiceStub(self.channel)
        self.models = model_service_pb2_grpc.ModelServiceStub(self.channel)

    def predict(self, path="/v1/models/toy", **body):
        return self.http.post(f"{path}:predict", json=body)

    def close(self):
        self.http.close()
        self.channel.close()


@contextmanager
def serving(folder, *, routes=lambda _: (), **limits):
    """A server of the models in a folder, which looks for new versions all the time."""
    begun, problems, running = threading.Event(), [], []

    async def main():
        stopped = asyncio.Event()

        def started(server):
            running.extend([server, asyncio.get_running_loop(), stopped])
            begun.set()

        options = {"stopped": stopped, "started": started, "routes": routes, "poll_seconds": 0.05}
        await serve(folder, Address(port=0, grpc_port=0), Limits(**limits), **options)

    def run():
        try:
            asyncio.run(main())
        except BaseException as error:
            problems.append(error)
        finally:
            begun.set()

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()
    if problems:
        thread.join()
        raise problems[0]
    server = Server(running[0])
    try:
        yield server
    finally:
        server.close()
        running[1].call_soon_threadsafe(running[2].set)
        thread.join()
    if problems:
        raise problems[0]


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory):
    """The folder of the toy models."""
    folder = tmp_path_factory.mktemp("toy_models")
    write_models(folder)
    return folder


@pytest.fixture(scope="module")
def toy(toy_folder):
    """A server of the toy models."""
    with serving(toy_folder) as server:
        yield server
