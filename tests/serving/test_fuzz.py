"""Thousands of requests that nobody would send: none may be an error of the server."""

import json

import grpc
import numpy as np
import pytest
import schemathesis
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorflow_serving.apis import predict_pb2

from tests.serving.conftest import serving
from vaeflow.components.images.config import Transform
from vaeflow.components.serving.exporting import write_unchecked
from vaeflow.components.serving.names import models_config, served_names
from vaeflow.models import building
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.registry import read_config

SHAPE = (4, 4, 1)
OBSERVATION = Observation(binarise="dynamic")
DATA = DataSpec(image_shape=SHAPE, observation=OBSERVATION, num_classes=3, label_names=("cat", "dög", "hen"))
CONFIG = {"name": "m2", "latent_dim": 3, "network": {"name": "dense", "hidden": [8]}}
CLIENTS_FAULT = {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED"}
BY_DOCUMENT, BODIES, MESSAGES, PATHS = 3_000, 8_000, 6_000, 1_000
"""Together 21,000: those by the OpenAPI document are made for each of two models."""


def fuzzed(examples):
    checks = list(HealthCheck)
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks, database=None)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of an untrained model with classes, which has every kind of signature."""
    folder = tmp_path_factory.mktemp("export")
    transform = Transform(image_shape=SHAPE, colour="grey", resize="area", fit="crop", observation=OBSERVATION)
    write_unchecked(building.build(read_config(CONFIG), DATA), transform, folder)
    (folder / "models.config").write_text(models_config(served_names("toy").values()))
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="module")
def document(server):
    """The OpenAPI document of the server."""
    return schemathesis.openapi.from_url(f"http://{server.addresses[0]}/openapi.json")


@pytest.mark.full
@pytest.mark.parametrize("model", ["toy-decoder", "toy-encoder"])
@given(data=st.data())
@fuzzed(BY_DOCUMENT)
def test_requests_by_the_openapi_document(document, model, data):
    case = data.draw(document[f"/v1/models/{model}:predict"]["POST"].as_strategy())
    assert case.call().status_code < 500


def json_values():
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["AAEC", "x" * 999])
    keys = st.sampled_from(["b64", "z", "label", "n", "seed", "temperature", "images", "files"]) | st.text()
    return st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


@st.composite
def bodies(draw):
    """Bodies that are nearly right: of the right keys with any values, and then with some bytes changed."""
    signature = draw(st.sampled_from(["serving_default", "sample", "sample_class", "decode", "nix", None]))
    form = draw(st.sampled_from(["instances", "inputs"]))
    numbers = st.lists(st.lists(st.floats(width=32) | st.integers(-9, 9), min_size=3, max_size=3), max_size=3)
    tensors = {"z": draw(numbers | json_values()), "label": draw(st.lists(st.integers(-1, 3), max_size=3))}
    sampled = {"n": draw(st.integers(-2, 9)), "seed": draw(st.integers()), "temperature": draw(st.floats())}
    value = draw(st.sampled_from([tensors, sampled, {**sampled, "label": 1}]) | json_values())
    body = bytearray(json.dumps({"signature_name": signature, form: value}, allow_nan=True).encode())
    for place, byte in draw(st.lists(st.tuples(st.integers(0, len(body) - 1), st.integers(0, 255)), max_size=3)):
        body[place] = byte
    return bytes(body)


@pytest.mark.full
@given(body=bodies())
@fuzzed(BODIES)
def test_changed_bodies(server, body):
    answer = server.http.post("/v1/models/toy-decoder:predict", content=body)
    assert answer.status_code < 500
    assert answer.status_code == 200 or answer.json()["error"]


PARTS = ["/", ":", ":predict", ":Classify", "/metadata", "/versions/", "/labels/", "0", "19", "%", "%2F", "%00", "é"]


@pytest.mark.full
@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    start=st.sampled_from(["/v1/", "/v1/models", "/V1/models/toy-decoder", "/v1/models/toy-decoder/versions/"]),
    parts=st.lists(st.tuples(st.sampled_from(PARTS), st.just(1) | st.integers(1, 5000)), max_size=5),
)
@fuzzed(PATHS)
def test_changed_paths(server, method, start, parts):
    answer = server.http.request(method, start + "".join(part * times for part, times in parts)[:8_000], content="{}")
    assert answer.status_code < 500
    assert answer.status_code == 200 or answer.json()["error"]


def messages():
    """Requests to every signature that a client might send."""
    arrays = {
        "serving_default": {"z": np.zeros((2, 3), np.float32), "label": np.int32([0, 1])},
        "sample": {"n": np.int32(2), "seed": np.int32(0), "temperature": np.float32(1)},
        "decode": {"z": np.zeros((2, 6), np.float32)},
        "files": {"files": [b"not an image"]},
        "pixels": {"pixels": np.zeros((1, 5, 6, 3), np.uint8)},
        "classify": {"images": np.zeros((1, *SHAPE), np.uint8)},
    }
    for signature, inputs in arrays.items():
        for model in ("toy-decoder", "toy-encoder"):
            request = predict_pb2.PredictRequest()
            request.model_spec.name, request.model_spec.signature_name = model, signature
            for name, array in inputs.items():
                request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
            yield request.SerializeToString()


@st.composite
def changed_messages(draw):
    message = bytearray(draw(st.sampled_from(list(messages()))))
    for place, byte in draw(st.lists(st.tuples(st.integers(0, len(message) - 1), st.integers(0, 255)), max_size=4)):
        message[place] = byte
    cut = draw(st.integers(0, len(message)) | st.just(len(message)))
    return bytes(message[:cut])


@pytest.mark.full
@given(message=changed_messages())
@fuzzed(MESSAGES)
def test_changed_messages(server, message):
    predict = server.channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
    assert status(predict, message) in CLIENTS_FAULT


def status(call, message):
    try:
        predict_pb2.PredictResponse.FromString(call(message))
    except grpc.RpcError as error:
        return error.code().name
    return "OK"
