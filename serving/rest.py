"""TensorFlow Serving's REST API (docs/serving.md)."""

import json
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from google.protobuf import json_format
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from vaeflow.serving import descriptions
from vaeflow.serving.errors import Code, ServingError, invalid, unexpected
from vaeflow.serving.json_answers import answer
from vaeflow.serving.json_tensors import read_body, read_tensors
from vaeflow.serving.service import Service

PREFIXES = ("/v1/", "/V1/")
"""TensorFlow Serving's expressions for paths do not distinguish upper and lower case."""
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
"""TensorFlow Serving answers all of them, most with an error of its own form."""
_MODEL = "(?i:/v1/models/([^/:]+)(?:/versions/([0-9]+)|/labels/([^/:]+))?{})"
_VERB = re.compile(_MODEL.format(":(classify|regress|predict)"))
_RESOURCE = re.compile(_MODEL.format("(?:/(metadata))?"))
_LAST_VERSION = 2**63 - 1


class Target(NamedTuple):
    """What the path of a request names."""

    model: str
    number: int | None
    label: str | None
    part: str
    """The verb, `metadata` or `status`."""


def routes(service: Service) -> list[Route]:
    """The routes of the API."""

    async def endpoint(request: Request) -> Response:
        try:
            return await _answered(service, request)
        except ServingError as error:
            return failure(error)
        except Exception as error:
            return failure(unexpected(error))

    return [Route(f"{prefix}{{rest:path}}", endpoint, methods=METHODS) for prefix in PREFIXES]


def failure(error: ServingError) -> Response:
    """An error in TensorFlow Serving's form."""
    return _json(json.dumps({"error": str(error)}).encode(), error.code.http_status)


async def _answered(service: Service, request: Request) -> Response:
    target = _target(request)
    async with service.request(target.model, target.part, "REST"):
        return _json(await _ANSWERS[target.part](service, target, request))


def _target(request: Request) -> Target:
    """What the request names. Raises `ServingError` if there is no such thing."""
    path = request.scope["raw_path"].decode("latin-1")
    if request.method == "POST" and (match := _VERB.fullmatch(path)) and match[4].islower():
        return _named(match, match[4])
    if request.method == "GET" and (match := _RESOURCE.fullmatch(path)):
        return _named(match, "metadata" if match[4] == "metadata" else "status")
    if request.method == "GET" and path.lower() == "/v1/models":
        raise invalid("Missing model name in request.")
    raise invalid(f"Malformed request: {request.method} {path}")


def _named(match: re.Match[str], part: str) -> Target:
    model, version, label, _ = match.groups()
    return Target(_decoded(model), None if version is None else _number(version), label and _decoded(label), part)


def _number(digits: str) -> int:
    """The number of a version. Zeros may stand before it, in any number."""
    number = int(digits.lstrip("0")[:20] or 0)
    if number > _LAST_VERSION:
        raise invalid(f"Failed to convert version: {digits} to numeric.")
    return number


def _decoded(name: str) -> str:
    return unquote_to_bytes(name).decode(errors="replace")


async def _predict(service: Service, target: Target, request: Request) -> bytes:
    content = await _content(request, service.limits.request_bytes)
    body = await service.translated(len(content), read_body, content)
    with service.models.using(target.model, target.number, target.label) as version:
        signature = version.model.signatures.get(body.signature)
        if signature is None:
            raise invalid(f'Serving signature name: "{body.signature}" not found in signature def')
        arrays = await service.translated(len(content), read_tensors, body, signature)
        outputs = await service.predict(version, signature, arrays)
    size = sum(array.nbytes for array in outputs.values())
    return await service.translated(size, answer, outputs, body.by_rows)


async def _refuse(service: Service, target: Target, request: Request) -> bytes:
    with service.models.using(target.model, target.number, target.label):
        raise invalid(f"Expected a signature with the method {target.part}, but all have the method predict.")


async def _status(service: Service, target: Target, request: Request) -> bytes:
    models = service.models
    number = target.number if target.label is None else models.labelled(target.model, target.label)
    response = descriptions.status(models, target.model, number)
    return json_format.MessageToJson(response, always_print_fields_with_no_presence=True).encode()


async def _metadata(service: Service, target: Target, request: Request) -> bytes:
    with service.models.using(target.model, target.number, target.label) as version:
        response = descriptions.metadata(target.model, version)
        signatures = descriptions.signature_map(version)
    as_dict = {"preserving_proto_field_name": True, "always_print_fields_with_no_presence": True}
    content = {
        "model_spec": json_format.MessageToDict(response.model_spec, **as_dict),
        "metadata": {descriptions.SIGNATURES: json_format.MessageToDict(signatures, **as_dict)},
    }
    return json.dumps(content, indent=1).encode()


_ANSWERS: Mapping[str, Callable[[Service, Target, Request], Awaitable[bytes]]] = {
    "predict": _predict,
    "classify": _refuse,
    "regress": _refuse,
    "status": _status,
    "metadata": _metadata,
}


async def _content(request: Request, most: int) -> bytes:
    """The body, of whatever type the client says that it is. Raises `ServingError` if it is too long."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise invalid(f"Content-Encoding: expected gzip or none, got {encoding}")
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            _check_length(len(content), most)
    except ClientDisconnect:
        raise ServingError(Code.CANCELLED, "the client has gone") from None
    if encoding == "identity":
        return bytes(content)
    try:
        inflater = zlib.decompressobj(wbits=31)
        inflated = inflater.decompress(content, most + 1)
    except zlib.error as error:
        raise invalid(f"Content-Encoding: the body is not in the format gzip: {error}") from None
    _check_length(len(inflated), most)
    return inflated


def _check_length(length: int, most: int) -> None:
    if length > most:
        raise invalid(f"expected a request of at most {most} bytes")


def _json(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")
