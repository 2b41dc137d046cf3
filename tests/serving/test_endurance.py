"""Many clients for a minute, while versions change."""

import asyncio
import itertools
import shutil
import signal
import subprocess
import sys
import time

import grpc
import httpx
import psutil
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from tests.serving.toy_models import write_version

SECONDS = 60
CLIENTS = 50
VERSION_BYTES = 16 * 2**20


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """Two versions of a model, each with many weights, so that one that is not freed shows."""
    folder = tmp_path_factory.mktemp("versions")
    for number in (2, 3):
        write_version(folder, number, offset=number, weights=VERSION_BYTES // 4)
    return folder


async def post(client, address):
    answer = await client.post(f"http://{address}/v1/models/toy:predict", json={"instances": [1.0]})
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"][0]


async def call(stub):
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "toy"
    request.inputs["x"].CopyFrom(tf.make_tensor_proto([1.0]))
    response = await stub.Predict(request)
    return response.outputs["y"].float_val[0]


async def clients(http, rpc, end):
    """The answers of all clients, half of which use gRPC."""
    answers = []

    async def ask(question):
        while time.monotonic() < end:
            answers.append(await question())

    async with httpx.AsyncClient(timeout=60) as client, grpc.aio.insecure_channel(rpc) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        questions = [lambda: post(client, http), lambda: call(stub)]
        await asyncio.gather(*(ask(questions[number % 2]) for number in range(CLIENTS)))
    return answers


async def publisher(folder, versions, server, end):
    """Add versions in turn, and remove old ones. Returns the server's memory after each."""
    memory = []
    for number in itertools.count(2):
        await asyncio.sleep(3)
        if time.monotonic() > end:
            return memory
        memory.append(server.memory_info().rss)
        shutil.copytree(versions / str(2 + number % 2), folder / ".incoming")
        (folder / ".incoming").rename(folder / str(number))
        if number > 3:
            shutil.rmtree(folder / str(number - 2))


@pytest.mark.full
def test_fifty_clients_for_a_minute_see_no_error_and_memory_does_not_grow(versions, tmp_path):
    folder = tmp_path / "models" / "toy"
    shutil.copytree(versions / "2", folder / "1")
    command = [sys.executable, "-m", "vaeflow", "serve", str(folder.parent), "--port", "0", "--grpc-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    printed = "".join(iter(process.stdout.readline, "  Ctrl-C stops the server.\n"))
    http, rpc = printed.split("http://")[1].split("/")[0], printed.split("gRPC")[1].split()[0]

    async def run():
        end = time.monotonic() + SECONDS
        return await asyncio.gather(
            clients(http, rpc, end), publisher(folder, versions, psutil.Process(process.pid), end)
        )

    answers, memory = asyncio.run(run())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    print(f"{len(answers)} answers, memory in MiB: {[size // 2**20 for size in memory]}")
    assert process.returncode == 0
    assert set(answers) == {2.5, 3.5}
    assert errors.count("is served") > 5
    assert "failed" not in errors
    assert "cannot" not in errors
    middle = len(memory) // 2
    assert max(memory[middle:]) < max(memory[:middle]) + 2 * VERSION_BYTES
