"""The status and the metadata of models, as messages of TensorFlow Serving."""

from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2

from vaeflow.serving.models import Models
from vaeflow.serving.version import Version

SIGNATURES = "signature_def"
"""The only field of metadata that there is."""


def status(models: Models, name: str, number: int | None = None) -> get_model_status_pb2.GetModelStatusResponse:
    """The states of the versions of a model, or of one of them. Raises `ServingError` if there is none."""
    response = get_model_status_pb2.GetModelStatusResponse()
    for version in models.known(name, number):
        entry = response.model_version_status.add(version=version.number, state=version.state.value)
        entry.status.error_code = version.code.number
        entry.status.error_message = version.error
    return response


def signature_map(version: Version) -> get_model_metadata_pb2.SignatureDefMap:
    """The signatures of a version."""
    return get_model_metadata_pb2.SignatureDefMap(signature_def=version.model.definitions)


def metadata(name: str, version: Version) -> get_model_metadata_pb2.GetModelMetadataResponse:
    """The signatures of a version, with its name and number."""
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.model_spec.name = name
    response.model_spec.version.value = version.number
    response.metadata[SIGNATURES].Pack(signature_map(version))
    return response
