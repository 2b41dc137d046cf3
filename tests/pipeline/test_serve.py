"""`vaeflow serve`, on what a run has exported: the same answers by REST, by gRPC and in Python."""

import base64
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import grpc
import httpx
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from tests.pipeline.imported import modules_after

PHOTOGRAPH = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 20, 3), np.uint8))


class Served:
    """A server in its own process."""

    def __init__(self, finished, *arguments):
        command = [sys.executable, "-m", "vaeflow", "serve", *arguments, "--port", "0", "--grpc-port", "0"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=finished.folder, env=finished.environment, text=True, **pipes)
        self.printed = "".join(iter(self.process.stdout.readline, "  Ctrl-C stops the server.\n"))
        self.http = re.search(r"REST +(http://\S+)/v1/models\n", self.printed)[1]
        self.grpc = re.search(r"gRPC +(\S+)\n", self.printed)[1]

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.communicate()


@pytest.fixture(scope="module")
def served(finished):
    """The server of a finished run."""
    served = Served(finished, "latest")
    yield served
    served.stop()


@pytest.fixture(scope="module")
def encoder(finished):
    (folder,) = finished.folder.glob("runs/artifacts/export-*/encoder/1")
    return tf.saved_model.load(str(folder)).signatures


@pytest.fixture(scope="module")
def photograph(tmp_path_factory):
    file = tmp_path_factory.mktemp("photograph") / "photograph.png"
    PHOTOGRAPH.save(file)
    return file.read_bytes()


@pytest.mark.full
def test_a_photograph_has_the_same_code_by_rest_by_grpc_and_in_python(served, encoder, photograph):
    expected = encoder["files"](files=tf.constant([photograph]))
    body = {"signature_name": "files", "inputs": {"files": [{"b64": base64.b64encode(photograph).decode()}]}}
    by_rest = httpx.post(f"{served.http}/v1/models/vaeflow-encoder:predict", json=body, timeout=60).json()["outputs"]
    request = predict_pb2.PredictRequest()
    request.model_spec.name, request.model_spec.signature_name = "vaeflow-encoder", "files"
    request.inputs["files"].CopyFrom(tf.make_tensor_proto([photograph]))
    with grpc.insecure_channel(served.grpc) as channel:
        by_grpc = prediction_service_pb2_grpc.PredictionServiceStub(channel).Predict(request).outputs
    for name in ("mean", "stddev"):
        np.testing.assert_allclose(np.float32(by_rest[name]), expected[name].numpy(), rtol=1e-5)
        np.testing.assert_array_equal(tf.make_ndarray(by_grpc[name]), np.float32(by_rest[name]))


@pytest.mark.full
def test_the_printed_request_is_answered(finished, served):
    lines = (line.split(maxsplit=1) for line in finished.printed.stdout.splitlines())
    request = shlex.split(dict(line for line in lines if len(line) == 2)["request"])
    assert request[0] == "curl"
    url = request[1].replace("http://localhost:8501", served.http)
    images = np.array(httpx.post(url, content=request[-1], timeout=60).json()["outputs"])
    assert images.shape == (16, 8, 8, 1)


@pytest.mark.full
def test_what_the_model_refuses_is_one_sentence(served):
    body = {"signature_name": "files", "inputs": {"files": [{"b64": base64.b64encode(b"text").decode()}]}}
    answer = httpx.post(f"{served.http}/v1/models/vaeflow-encoder:predict", json=body, timeout=60)
    message = "files[0] is empty or not an image: expected JPEG, PNG, BMP or GIF"
    assert (answer.status_code, answer.json()) == (400, {"error": message})


@pytest.mark.full
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_published_folder_is_served_until_a_signal(finished, tmp_path, number):
    finished("publish", "latest", "--to", tmp_path / "served")
    served = Served(finished, str(tmp_path / "served"))
    assert re.findall(r"model +(\S+)", served.printed) == ["vaeflow-decoder", "vaeflow-encoder"]
    status = httpx.get(f"{served.http}/v1/models/vaeflow-decoder").json()["model_version_status"]
    assert [entry["state"] for entry in status] == ["AVAILABLE"]
    _, errors = served.stop(number)
    assert served.process.returncode == 0
    assert [line.partition(" ")[2].partition(" is ")[2].partition(" after")[0] for line in errors.splitlines()] == [
        *["served"] * 2,
        *["no longer served"] * 2,
    ]


@pytest.mark.parametrize("option", ["--port", "--grpc-port"])
def test_a_port_that_is_taken_is_named(finished, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        other = "--grpc-port" if option == "--port" else "--port"
        done = finished.refusal("serve", "latest", option, port, other, "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {option} {port}: cannot listen at 127.0.0.1: ")


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ("nix", "error: nix: no such run in "),
        ("./nix", "error: nix: expected a folder with models, but there is none."),
        ("runs", "error: runs: expected SavedModels in numbered folders of versions, but there are none to serve."),
        ("", "error: RUN|FOLDER: expected a path, got an empty one."),
    ],
)
def test_models_that_are_not_there_are_reported(finished, models, message):
    done = finished.refusal("serve", models)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)


def test_help_imports_no_server(tmp_path):
    assert not modules_after(Path(tmp_path), "serve", "--help") & {"tensorflow", "grpc", "uvicorn", "starlette"}


@pytest.mark.parametrize("command", ["serve", "explore"])
def test_without_its_packages_the_extra_is_named(vaeflow, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "starlette", None)  # as if it was not installed
    done = vaeflow.refusal(command, "latest")
    assert done.returncode == 2
    assert done.stderr == (
        f"error: vaeflow {command} needs a package that is not installed, starlette: pip install 'vaeflow[serving]'\n"
    )
