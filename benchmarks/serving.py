"""`vaeflow serve`: requests per second and latency by REST and gRPC, beside the bare call of the SavedModel.

The encoder of an untrained VAE 784-200-200-50 encodes one image of 28×28 pixels per request. The clients are threads of
one process, the server is another one; both share the cores of the machine, as does the bare call with its threads.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table
from rounds import conditions

SHAPE = (28, 28, 1)
IMAGE = np.random.default_rng(0).integers(0, 256, (1, *SHAPE), np.uint8)
Ask = Callable[[], object]


def main(
    seconds: Annotated[float, typer.Option(help="Time of each measurement.")] = 10,
    clients: Annotated[list[int], typer.Option(help="Number of clients at a time. Repeatable.")] = [1, 8, 32],  # noqa: B006
) -> None:
    """Measure the bare call, REST and gRPC with each number of clients."""
    print(conditions())
    table = Table("", "clients", "requests/s", "median, ms", "99 %, ms", title="One image per request")
    with TemporaryDirectory() as folder:
        encoder = export(Path(folder))
        server, rest, rpc = start(folder)
        for number in clients:
            for name, client in (("bare call", bare(encoder)), ("REST", by_rest(rest)), ("gRPC", by_grpc(rpc))):
                latencies = measured(client, number, seconds)
                middle, slow = (1e3 * np.quantile(latencies, share) for share in (0.5, 0.99))
                table.add_row(name, str(number), f"{len(latencies) / seconds:,.0f}", f"{middle:.1f}", f"{slow:.1f}")
        server.send_signal(signal.SIGINT)
        server.wait()
    Console().print(table)


def export(folder: Path) -> Path:
    """Export an untrained model, and return the folder of its encoder."""
    from vaeflow.components.images.config import Transform
    from vaeflow.components.serving.exporting import write_unchecked
    from vaeflow.models import building
    from vaeflow.models.config import DataSpec, Observation
    from vaeflow.models.registry import read_config

    observation = Observation(binarise="dynamic")
    transform = Transform(image_shape=SHAPE, colour="grey", resize="area", fit="crop", observation=observation)
    config = {"name": "vae", "latent_dim": 50, "network": {"name": "dense", "hidden": [200, 200]}}
    model = building.build(read_config(config), DataSpec(image_shape=SHAPE, observation=observation))
    return write_unchecked(model, transform, folder)["encoder"].folder


def start(folder: str) -> tuple[subprocess.Popen[str], str, str]:
    """Start a server, and return it with its addresses for REST and gRPC."""
    command = [sys.executable, "-m", "vaeflow", "serve", folder, "--port", "0", "--grpc-port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = "".join(iter(server.stdout.readline, "  Ctrl-C stops the server.\n"))
    return server, re.search(r"REST +http://([^/]+)", printed)[1], re.search(r"gRPC +(\S+)", printed)[1]


def bare(encoder: Path) -> Callable[[], Ask]:
    """Clients that call the SavedModel in this process."""
    import tensorflow as tf

    signature, image = tf.saved_model.load(str(encoder)).signatures["serving_default"], tf.constant(IMAGE)
    return lambda: lambda: signature(images=image)["mean"].numpy()


def by_rest(address: str) -> Callable[[], Ask]:
    """Clients that keep their connection."""
    body = json.dumps({"instances": IMAGE.tolist()})

    def client() -> Ask:
        connection = http.client.HTTPConnection(address)

        def ask() -> object:
            connection.request("POST", "/v1/models/encoder:predict", body)
            return json.load(connection.getresponse())["predictions"]

        return ask

    return client


def by_grpc(address: str) -> Callable[[], Ask]:
    """Clients with a channel of their own."""
    import grpc
    import tensorflow as tf
    from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

    request = predict_pb2.PredictRequest()
    request.model_spec.name = "encoder"
    request.inputs["images"].CopyFrom(tf.make_tensor_proto(IMAGE))

    def client() -> Ask:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel(address))
        return lambda: tf.make_ndarray(stub.Predict(request).outputs["mean"])

    return client


def measured(client: Callable[[], Ask], number: int, seconds: float) -> list[float]:
    """The seconds of each request that a number of clients makes in this time."""
    latencies: list[float] = []
    asks = [client() for _ in range(number)]
    for ask in asks:
        ask()
    end = time.perf_counter() + seconds

    def work(ask: Ask) -> None:
        while (begin := time.perf_counter()) < end:
            ask()
            latencies.append(time.perf_counter() - begin)

    threads = [threading.Thread(target=work, args=[ask]) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    typer.run(main)
