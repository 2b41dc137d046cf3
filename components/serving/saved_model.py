"""Writers of SavedModels and their warm-up requests."""

from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf

from vaeflow.components.serving.cases import Arrays, Case
from vaeflow.components.serving.signatures import Signatures


def write_saved_model(signatures: Signatures, path: Path, assets: Sequence[Path] = ()) -> None:
    """Write the signatures and the variables that they use, but neither optimizers nor the Keras model.

    `assets` are files that are copied to `assets/` in the SavedModel.
    """
    functions = {name: function.get_concrete_function() for name, function in signatures.items()}
    module = tf.Module()
    module.read = list({variable.ref(): variable for f in functions.values() for variable in f.variables}.values())
    module.assets = [tf.saved_model.Asset(str(asset)) for asset in assets]
    tf.saved_model.save(module, str(path), signatures=functions)


def write_warmup(cases: Sequence[Case], saved_model: Path) -> None:
    """Write the requests that TF Serving answers before it accepts traffic, one `PredictionLog` per record."""
    folder = saved_model / "assets.extra"
    folder.mkdir()
    with tf.io.TFRecordWriter(str(folder / "tf_serving_warmup_requests")) as writer:
        for case in cases:
            writer.write(prediction_log(case.signature, case.inputs))


def prediction_log(signature: str, inputs: Arrays) -> bytes:
    """Serialise a `tensorflow.serving.PredictionLog` with one `PredictRequest`.

    It is encoded with the field numbers of TF Serving's protos, so that export does not depend on a TF Serving package.
    """
    tensors = [(name, tf.make_tensor_proto(array).SerializeToString()) for name, array in inputs.items()]
    model_spec = _field(1, _field(3, signature.encode()))
    entries = [_field(2, _field(1, name.encode()) + _field(2, tensor)) for name, tensor in tensors]
    return _field(6, _field(1, model_spec + b"".join(entries)))


def _field(number: int, payload: bytes) -> bytes:
    """Encode a length-delimited field in the wire format of Protocol Buffers."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    """Encode a number with seven bits per byte, the lowest first; the top bit marks that more bytes follow."""
    if value < 0x80:
        return bytes([value])
    return bytes([value & 0x7F | 0x80]) + _varint(value >> 7)
