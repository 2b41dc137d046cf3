"""The API as an OpenAPI document, with the signatures of the models that are served."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vaeflow.serving.models import Model
from vaeflow.serving.service import Service
from vaeflow.serving.signature import Signature, Tensor

PATH = "/openapi.json"
_ERROR = {
    "description": "An error of the request",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
_COMPONENTS = {
    "schemas": {
        "Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}},
        "Bytes": {
            "type": "object",
            "required": ["b64"],
            "properties": {"b64": {"type": "string", "format": "byte"}},
            "additionalProperties": False,
        },
    }
}


def routes(service: Service) -> list[Route]:
    """The route of the document."""

    async def document(request: Request) -> Response:
        paths: dict[str, Any] = {}
        for model in service.models.by_name.values():
            paths |= _paths(model)
        info = {"title": "vaeflow serve", "version": "v1", "description": "TensorFlow Serving's REST API."}
        return JSONResponse({"openapi": "3.1.0", "info": info, "paths": paths, "components": _COMPONENTS})

    return [Route(PATH, document)]


def _paths(model: Model) -> dict[str, Any]:
    base, available = f"/v1/models/{model.name}", model.available
    described = {base: {"get": _operation("Status of all versions")}}
    if available:
        signatures = available[max(available)].model.signatures
        described[f"{base}/metadata"] = {"get": _operation("Signatures of the newest version")}
        described[f"{base}:predict"] = {"post": _operation("Outputs of a signature", _body(signatures))}
    return described


def _operation(summary: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    answer = {"description": "The answer", "content": {"application/json": {"schema": {"type": "object"}}}}
    request = {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}
    return {"summary": summary, "responses": {"200": answer, "4XX": _ERROR}, **request}


def _body(signatures: Mapping[str, Signature]) -> dict[str, Any]:
    """A body for each signature: by columns, and by rows where there are any."""
    bodies = []
    for signature in signatures.values():
        columns = {name: _nested(tensor, tensor.shape) for name, tensor in signature.inputs.items()}
        bodies.append(_object({"signature_name": {"const": signature.name}, "inputs": _object(columns)}))
        if signature.joins_requests:
            row = {name: _nested(tensor, (tensor.shape or ())[1:]) for name, tensor in signature.inputs.items()}
            rows = {"type": "array", "minItems": 1, "items": _object(row)}
            bodies.append(_object({"signature_name": {"const": signature.name}, "instances": rows}))
    return {"oneOf": bodies}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": [*properties], "properties": properties}


def _nested(tensor: Tensor, shape: tuple[int | None, ...] | None) -> dict[str, Any]:
    """Lists of lists of a type of number or text."""
    if shape is None:
        return {}
    schema = _value(tensor.dtype)
    for length in reversed(shape):
        fixed = {} if length is None else {"minItems": length, "maxItems": length}
        schema = {"type": "array", "items": schema, **fixed}
    return schema


def _value(dtype: tf.DType) -> dict[str, Any]:
    if dtype == tf.string:
        return {"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/Bytes"}]}
    if dtype == tf.bool:
        return {"type": "boolean"}
    if dtype.is_integer:
        return {"type": "integer", "minimum": int(dtype.min), "maximum": int(dtype.max)}
    return {"type": "number"}
