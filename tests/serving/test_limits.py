"""What clients may ask for at most, and what they are told."""

import gzip
import io
import json
import threading
import time

import grpc
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorflow_serving.apis import predict_pb2

from tests.serving.conftest import serving
from vaeflow.serving.errors import ServingError
from vaeflow.serving.image_files import check_pixels

BYTES = 2000


@pytest.fixture(scope="module")
def strict(toy_folder):
    """A server with small limits."""
    with serving(toy_folder, request_bytes=BYTES, images=10, seconds=1.0, requests=2) as server:
        yield server


def request(signature="", **arrays):
    message = predict_pb2.PredictRequest()
    message.model_spec.name, message.model_spec.signature_name = "toy", signature
    for name, array in arrays.items():
        message.inputs[name].CopyFrom(tf.make_tensor_proto(array))
    return message


def refused(call, *arguments):
    with pytest.raises(grpc.RpcError) as raised:
        call(*arguments)
    return raised.value.code().name, raised.value.details()


def test_bytes(strict):
    body = b'{"instances": [1.0]}'
    assert strict.http.post("/v1/models/toy:predict", content=body.ljust(BYTES)).status_code == 200
    answer = strict.http.post("/v1/models/toy:predict", content=body.ljust(BYTES + 1))
    assert (answer.status_code, answer.json()) == (400, {"error": f"expected a request of at most {BYTES} bytes"})
    code, _ = refused(strict.prediction.Predict, request(x=np.zeros(BYTES, np.float32)))
    assert code == "RESOURCE_EXHAUSTED"


def test_bytes_that_a_short_message_stands_for(strict):
    message = request(x=np.float32([1.0]))
    message.inputs["x"].tensor_shape.dim[0].size = 2**40
    assert refused(strict.prediction.Predict, message) == (
        "INVALID_ARGUMENT",
        f"tensor parsing error: x: expected at most {BYTES} bytes, got shape [{2**40}]",
    )


def test_compressed_bytes(strict):
    headers = {"content-encoding": "gzip"}
    body = json.dumps({"instances": [1.0]}).encode()

    def post(content):
        return strict.http.post("/v1/models/toy:predict", content=content, headers=headers)

    assert post(gzip.compress(body)).json() == {"predictions": [3.5]}
    assert post(gzip.compress(body.ljust(2**20))).json() == {"error": f"expected a request of at most {BYTES} bytes"}
    assert "is not in the format gzip" in post(body).json()["error"]
    answer = strict.http.post("/v1/models/toy:predict", content=body, headers={"content-encoding": "br"})
    assert answer.json() == {"error": "Content-Encoding: expected gzip or none, got br"}


def test_images(strict):
    assert strict.predict(instances=[1.0] * 10).status_code == 200
    answer = strict.predict(instances=[1.0] * 11)
    assert (answer.status_code, answer.json()) == (400, {"error": "expected at most 10 images, got 11"})
    message = request(x=np.zeros(11, np.float32))
    assert refused(strict.prediction.Predict, message) == ("INVALID_ARGUMENT", "expected at most 10 images, got 11")


def test_images_to_sample(strict):
    assert strict.predict(signature_name="repeat", inputs={"n": 10, "value": 1}).status_code == 200
    answer = strict.predict(signature_name="repeat", inputs={"n": 2**31 - 1, "value": 1})
    assert answer.json() == {"error": f"expected at most 10 images, got {2**31 - 1}"}


def test_pixels_of_files():
    picture = Image.new("L", (3000, 2000))
    frames = [Image.new("L", (30, 20), level) for level in (1, 2, 3)]
    still, animation = io.BytesIO(), io.BytesIO()
    picture.save(still, "PNG")
    frames[0].save(animation, "GIF", save_all=True, append_images=frames[1:])
    arrays = {"files": np.array([still.getvalue(), animation.getvalue(), b"no image", b""], object)}
    assert len(still.getvalue()) < 10_000
    check_pixels(arrays, 6_001_800)
    with pytest.raises(ServingError, match="files: expected at most 6001799 pixels, got 6001800"):
        check_pixels(arrays, 6_001_799)


LONG = 2**31 - 1


def test_time(strict):
    answer = strict.predict(signature_name="busy", inputs={"steps": LONG})
    assert (answer.status_code, answer.json()) == (504, {"error": "the request took longer than 1 s"})
    code, _ = refused(strict.prediction.Predict, request("busy", steps=LONG), 0.1)
    assert code == "DEADLINE_EXCEEDED"


def test_time_of_a_client_that_sends_slowly(strict):
    def slowly():
        yield b'{"instances": '
        time.sleep(1.5)
        yield b"[1.0]}"

    answer = strict.http.post("/v1/models/toy:predict", content=slowly())
    assert answer.status_code == 504


def test_requests_at_a_time(strict):
    threads = [
        threading.Thread(target=strict.predict, kwargs={"signature_name": "busy", "inputs": {"steps": LONG}})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    while strict.service._requests < 2:
        time.sleep(0.01)
    answer = strict.predict(instances=[1.0])
    assert (answer.status_code, answer.json()) == (
        429,
        {"error": "2 requests are being answered; try again later"},
    )
    assert strict.http.get("/health/live").status_code == 200
    for thread in threads:
        thread.join()
    assert strict.predict(instances=[1.0]).status_code == 200
