"""Recorded requests with their answers, by TensorFlow Serving's documentation and sources (docs/serving.md).

They are sent to a server of this process, or to a real one that serves the same models, if `TENSORFLOW_SERVING` names
its addresses, such as "localhost:8501 localhost:8500".
"""

import json
import os
from pathlib import Path

import grpc
import httpx
import pytest
from google.protobuf import json_format
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

RECORDED = Path(__file__).parent / "protocol"
REST = json.loads((RECORDED / "rest.json").read_text())
GRPC = json.loads((RECORDED / "grpc.json").read_text())
MESSAGES = {
    "Predict": (predict_pb2.PredictRequest, predict_pb2.PredictResponse),
    "GetModelStatus": (get_model_status_pb2.GetModelStatusRequest, get_model_status_pb2.GetModelStatusResponse),
    "GetModelMetadata": (
        get_model_metadata_pb2.GetModelMetadataRequest,
        get_model_metadata_pb2.GetModelMetadataResponse,
    ),
}


@pytest.fixture(scope="module")
def addresses(request):
    given = os.environ.get("TENSORFLOW_SERVING")
    return given.split() if given else request.getfixturevalue("toy").addresses


@pytest.fixture(scope="module")
def http(addresses):
    with httpx.Client(base_url=f"http://{addresses[0]}") as client:
        yield client


@pytest.fixture(scope="module")
def channel(addresses):
    with grpc.insecure_channel(addresses[1]) as channel:
        yield channel


def strict(text):
    """JSON with the tokens of numbers that are not finite as text, which equals itself."""
    return json.loads(text, parse_constant=str)


@pytest.mark.parametrize("case", REST, ids=lambda case: case["name"])
def test_rest(http, case):
    body = case.get("body")
    content = body if body is None or isinstance(body, str) else json.dumps(body)
    answer = http.request(case["method"], case["path"], content=content)
    assert answer.status_code == case["status"], answer.text
    assert answer.headers["content-type"] == "application/json"
    if case["status"] == 200:
        assert strict(answer.text) == case["answer"]
    else:
        assert case.get("error", "") in answer.json()["error"]


@pytest.mark.parametrize("case", GRPC, ids=lambda case: case["name"])
def test_grpc(channel, case):
    request_type, response_type = MESSAGES[case["method"]]
    request = json_format.ParseDict(case["request"], request_type())
    prediction = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    models = model_service_pb2_grpc.ModelServiceStub(channel)
    call = getattr(models if case["method"] == "GetModelStatus" else prediction, case["method"])
    if case["code"] == "OK":
        assert call(request) == json_format.ParseDict(case["answer"], response_type())
        return
    with pytest.raises(grpc.RpcError) as raised:
        call(request)
    assert raised.value.code() is grpc.StatusCode[case["code"]]
    assert case.get("error", "") in raised.value.details()


@pytest.mark.parametrize("path", ["", "/versions/2"])
def test_metadata_is_the_same_by_rest_and_grpc(http, channel, path):
    content = http.get(f"/v1/models/toy{path}/metadata").json()
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "toy"
    response = prediction_service_pb2_grpc.PredictionServiceStub(channel).GetModelMetadata(request)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    assert content["model_spec"] == {"name": "toy", "version": "2", "signature_name": ""}
    by_rest = json_format.ParseDict(content["metadata"]["signature_def"], get_model_metadata_pb2.SignatureDefMap())
    assert by_rest == signatures
    assert signatures.signature_def["two"].inputs["a"].dtype == 1
    assert content["metadata"]["signature_def"]["signature_def"]["two"]["inputs"]["b"] == {
        "dtype": "DT_INT32",
        "tensor_shape": {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False},
        "name": signatures.signature_def["two"].inputs["b"].name,
    }
