"""The requests that a SavedModel brings along, answered before it is served."""

from pathlib import Path

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow_serving.apis import prediction_log_pb2

from vaeflow.serving.errors import Code, ServingError, invalid
from vaeflow.serving.limits import Limits
from vaeflow.serving.proto_tensors import arrays_of
from vaeflow.serving.saved_model import SavedModel

REQUESTS = Path("assets.extra") / "tf_serving_warmup_requests"


def warm_up(model: SavedModel, folder: Path, limits: Limits) -> None:
    """Answer the requests in `assets.extra`, if there are any.

    Raises `ServingError`, which names the file, if it is damaged or the model cannot answer one of the requests.
    """
    file = folder / REQUESTS
    if not file.is_file():
        return
    try:
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            _answer(model, record, limits)
    except (tf.errors.OpError, DecodeError) as error:
        message = f"{REQUESTS}: expected records of the type PredictionLog, but the file is damaged"
        raise ServingError(Code.DATA_LOSS, message) from error
    except ServingError as error:
        raise ServingError(error.code, f"{REQUESTS}: {error}") from error


def _answer(model: SavedModel, record: bytes, limits: Limits) -> None:
    log = prediction_log_pb2.PredictionLog.FromString(record)
    kind = log.WhichOneof("log_type")
    if kind is None:
        return  # TensorFlow Serving ignores it too
    if kind != "predict_log":
        raise invalid(f"expected a predict_log, as all signatures have the method predict, got a {kind}")
    request = log.predict_log.request
    signature = model.signature(request.model_spec.signature_name)
    arrays = arrays_of(request.inputs, signature, limits.request_bytes)
    signature.check(arrays, limits.images)
    model.run(signature, arrays, limits.seconds)
