"""TensorFlow Serving's services of gRPC."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeAlias

import grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from vaeflow.serving import descriptions
from vaeflow.serving.errors import ServingError, invalid
from vaeflow.serving.proto_tensors import arrays_of, proto_of
from vaeflow.serving.service import Service
from vaeflow.serving.signature import Signature

Context: TypeAlias = grpc.aio.ServicerContext


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata; the base class answers the other methods with UNIMPLEMENTED."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def Predict(  # noqa: N802, the name in the protocol
        self, request: predict_pb2.PredictRequest, context: Context
    ) -> predict_pb2.PredictResponse:
        """The outputs of a signature."""
        spec = request.model_spec
        async with _answering(self._service, request, context, "Predict", context.time_remaining()):
            with self._service.models.using(*_spec(request)) as version:
                signature = version.model.signature(spec.signature_name)
                wanted = _wanted(request, signature)
                most_bytes = self._service.limits.request_bytes
                arrays = await self._service.translated(
                    request.ByteSize(), arrays_of, request.inputs, signature, most_bytes
                )
                outputs = await self._service.predict(version, signature, arrays)
                response = predict_pb2.PredictResponse()
                response.model_spec.name, response.model_spec.signature_name = spec.name, signature.name
                response.model_spec.version.value = version.number
            for name in wanted:
                array = outputs[name]
                response.outputs[name].CopyFrom(await self._service.translated(array.nbytes, proto_of, array))
            return response

    async def GetModelMetadata(  # noqa: N802
        self, request: get_model_metadata_pb2.GetModelMetadataRequest, context: Context
    ) -> get_model_metadata_pb2.GetModelMetadataResponse:
        """The signatures of a version."""
        async with _answering(self._service, request, context, "GetModelMetadata"):
            name, number, label = _spec(request)
            if not request.metadata_field:
                raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
            for field in request.metadata_field:
                if field != descriptions.SIGNATURES:
                    raise invalid(f"Metadata field {field} is not supported")
            with self._service.models.using(name, number, label) as version:
                return descriptions.metadata(name, version)


class ModelService(model_service_pb2_grpc.ModelServiceServicer):
    """GetModelStatus. Configurations are not reloaded by request: the folder is watched."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def GetModelStatus(  # noqa: N802
        self, request: get_model_status_pb2.GetModelStatusRequest, context: Context
    ) -> get_model_status_pb2.GetModelStatusResponse:
        """The states of the versions of a model."""
        async with _answering(self._service, request, context, "GetModelStatus"):
            name, number, label = _spec(request)
            models = self._service.models
            return descriptions.status(models, name, number if label is None else models.labelled(name, label))


@asynccontextmanager
async def _answering(
    service: Service, request: Any, context: Context, method: str, seconds: float | None = None
) -> AsyncIterator[None]:
    """Count a request for a model, bound its time, and end it with the status of an error of serving."""
    try:
        async with service.request(request.model_spec.name, method, "GRPC", seconds):
            yield
    except ServingError as error:
        await _abort(context, error)


def _spec(request: Any) -> tuple[str, int | None, str | None]:
    """The name, the version and the label that a request asks for."""
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")
    spec = request.model_spec
    choice = spec.WhichOneof("version_choice")
    number = spec.version.value if choice == "version" else None
    return spec.name, number, spec.version_label if choice == "version_label" else None


def _wanted(request: predict_pb2.PredictRequest, signature: Signature) -> list[str]:
    """The outputs that a request asks for, by default all."""
    wanted = list(request.output_filter)
    for name in wanted:
        if name not in signature.outputs:
            raise invalid(
                f"output tensor alias not found in signature: {name} Outputs expected to be in the set "
                f"{{{','.join(signature.outputs)}}}."
            )
        if wanted.count(name) > 1:
            raise invalid(f"duplicate output tensor alias: {name}")
    return wanted or list(signature.outputs)


async def _abort(context: Context, error: ServingError) -> NoReturn:
    await context.abort(grpc.StatusCode[error.code.name], str(error))
    raise AssertionError  # abort raises its own exception
