import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from vaeflow.components.serving.saved_model import prediction_log


@pytest.mark.parametrize("length", [0, 1, 127, 128, 20_000])
def test_prediction_log_is_read_by_tf_servings_own_protos(length):
    inputs = {"images": np.arange(length, dtype=np.int32) % 256, "seed": np.array(7, np.int32)}
    request = prediction_log_pb2.PredictionLog.FromString(prediction_log("sample", inputs)).predict_log.request
    assert request.model_spec.signature_name == "sample"
    assert set(request.inputs) == set(inputs)
    for name, array in inputs.items():
        np.testing.assert_array_equal(tf.make_ndarray(request.inputs[name]), array)
