"""What the server answers beside the protocol."""

import asyncio
import socket

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.serving.conftest import serving
from tests.serving.test_versions import until
from vaeflow.serving.app import application
from vaeflow.serving.limits import Limits
from vaeflow.serving.service import Service


def test_health(toy):
    assert toy.http.get("/health/live").status_code == 200
    assert toy.http.get("/health/ready").status_code == 200


def test_a_server_is_not_ready_while_a_model_has_no_version(toy_folder, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    (models / "toy").symlink_to(toy_folder / "toy")
    configs = "".join(f'config {{ name: "{name}" base_path: "/models/{name}" }} ' for name in ("toy", "missing"))
    (models / "all.config").write_text(f"model_config_list {{ {configs} }}")
    (models / "missing").mkdir()
    with serving(models) as server:
        assert server.http.get("/health/live").status_code == 200
        assert server.http.get("/health/ready").status_code == 503
        assert server.predict(instances=[1.0]).json() == {"predictions": [3.5]}


def counted(server, model, status):
    """The number of requests in the metrics."""
    lines = server.http.get("/monitoring/prometheus/metrics").text.splitlines()
    name = f':tensorflow:serving:request_count_total{{model_name="{model}",status="{status}"}} '
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def test_metrics_count_requests_by_model_and_status(toy):
    kinds = [("toy", "OK"), ("toy", "INVALID_ARGUMENT"), ("", "NOT_FOUND")]
    before = [counted(toy, *kind) for kind in kinds]
    toy.predict(instances=[1.0])
    toy.predict(instances=["x"])
    toy.predict("/v1/models/nix", instances=[1.0])
    assert [counted(toy, *kind) for kind in kinds] == [number + 1 for number in before]
    page = toy.http.get("/monitoring/prometheus/metrics").text
    assert ':tensorflow:serving:request_latency_count{API="predict",entrypoint="REST",model_name="toy"}' in page


def test_the_openapi_document_describes_the_signatures(toy):
    document = toy.http.get("/openapi.json").json()
    bodies = document["paths"]["/v1/models/toy:predict"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    by_columns = {
        body["properties"]["signature_name"]["const"]: body["properties"]["inputs"]["properties"]
        for body in bodies["oneOf"]
        if "inputs" in body["properties"]
    }
    assert by_columns["two"]["a"] == {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    }
    assert by_columns["busy"] == {"steps": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}}
    rows = [body["properties"] for body in bodies["oneOf"] if "instances" in body["properties"]]
    by_rows = [properties["signature_name"]["const"] for properties in rows]
    assert "two" in by_rows
    assert "repeat" not in by_rows


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nix", 404), ("DELETE", "/health/live", 405)])
def test_paths_that_are_not_there_have_the_same_form_of_error(toy, method, path, status):
    answer = toy.http.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(f"{path}: ")


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ":predict")])
def test_any_number_of_zeros_may_stand_before_a_version(toy, method, path):
    answer = toy.http.request(method, f"/v1/models/toy/versions/{'0' * 5000}1{path}", content='{"instances": [1.0]}')
    assert answer.status_code == 200


def test_a_client_that_goes_is_no_fault_of_the_server(toy, caplog):
    host, port = toy.addresses[0].split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"POST /v1/models/toy:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    until(lambda: counted(toy, "toy", "CANCELLED"))
    assert not caplog.text


class Faulty(Service):
    """A service with a fault that comes before every request."""

    def request(self, *arguments):
        raise ArithmeticError


def test_a_fault_of_the_server_has_the_same_form_of_error(caplog):
    async def post():
        transport = httpx.ASGITransport(application(Faulty(Limits())))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/v1/models/toy:predict", content="{}")

    answer = asyncio.run(post())
    assert (answer.status_code, answer.json()) == (500, {"error": "internal error"})
    assert "ArithmeticError" in caplog.text


def test_other_routes_can_use_the_models(toy_folder):
    def routes(service):
        async def names(request):
            return PlainTextResponse(" ".join(service.models.by_name))

        return [Route("/names", names)]

    with serving(toy_folder, routes=routes) as server:
        assert server.http.get("/names").text == "toy"
