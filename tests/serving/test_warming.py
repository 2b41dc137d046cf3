"""Requests that warm a model up, and those that cannot."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from vaeflow.components.serving.saved_model import prediction_log
from vaeflow.serving.errors import ServingError
from vaeflow.serving.limits import Limits
from vaeflow.serving.saved_model import SavedModel
from vaeflow.serving.warming import REQUESTS, warm_up


@pytest.fixture(scope="module")
def model(toy_folder):
    loaded = SavedModel(toy_folder / "toy" / "1")
    yield loaded
    loaded.close()


def write(folder, *records):
    (folder / REQUESTS).parent.mkdir()
    with tf.io.TFRecordWriter(str(folder / REQUESTS)) as writer:
        for record in records:
            writer.write(record)


def log(kind):
    return prediction_log_pb2.PredictionLog(**{kind: {}}).SerializeToString()


GOOD = prediction_log("positive", {"x": np.float32([1])})


def test_good_requests_and_empty_logs_pass(model, tmp_path):
    warm_up(model, tmp_path, Limits())
    write(tmp_path, GOOD, b"", GOOD)
    warm_up(model, tmp_path, Limits())


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"\0", "expected records of the type PredictionLog, but the file is damaged"),
        (log("classify_log"), "expected a predict_log, as all signatures have the method predict, got a classify_log"),
        (log("session_run_log"), "got a session_run_log"),
        (log("predict_log"), "Missing but required: {x}"),
        (prediction_log("nix", {}), 'Serving signature key "nix" not found'),
        (prediction_log("positive", {"x": np.float32([[1]])}), r"x: expected shape [n], got [1, 1]"),
        (prediction_log("positive", {"x": np.float32([-1])}), "x: expected positive numbers"),
    ],
    ids=["damaged", "classify", "session", "empty", "signature", "shape", "value"],
)
def test_a_request_that_cannot_be_answered_is_one_sentence_with_the_file(model, tmp_path, record, message):
    write(tmp_path, GOOD, record)
    with pytest.raises(ServingError) as raised:
        warm_up(model, tmp_path, Limits())
    assert str(raised.value).startswith(f"{REQUESTS}: ")
    assert message in str(raised.value)
    assert "{{" not in str(raised.value)


def test_a_damaged_file_is_one_sentence(model, tmp_path):
    write(tmp_path)
    (tmp_path / REQUESTS).write_bytes(b"garbage" * 10)
    with pytest.raises(ServingError, match=f"^{REQUESTS}: expected records of the type PredictionLog, but the file is"):
        warm_up(model, tmp_path, Limits())
