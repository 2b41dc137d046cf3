"""The requests that a SavedModel brings along, answered before it is served."""

from pathlib import Path

import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from vaeflow.serving.proto_tensors import arrays_of
from vaeflow.serving.saved_model import SavedModel

REQUESTS = Path("assets.extra") / "tf_serving_warmup_requests"


def warm_up(model: SavedModel, folder: Path, most_bytes: int, seconds: float) -> None:
    """Answer the requests in `assets.extra`, if there are any.

    Raises `ServingError` if the model cannot answer one, and one of TensorFlow's errors if the file is damaged.
    """
    file = folder / REQUESTS
    if not file.is_file():
        return
    for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
        request = prediction_log_pb2.PredictionLog.FromString(record).predict_log.request
        signature = model.signature(request.model_spec.signature_name)
        model.run(signature, arrays_of(request.inputs, signature, most_bytes), seconds)
