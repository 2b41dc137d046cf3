"""The table of results, one row for each image: its schema, and rows made of the encoder's answers."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.images.intensity import MAX_LEVEL
from vaeflow.components.inference.encoder import Answers, Encoder
from vaeflow.components.sources.source import SourceImage

ID, LABEL, MODEL = "id", "label", "model"
_IMAGE_RANK = 4


def schema_of(encoder: Encoder) -> pa.Schema:
    """`id`, `label` (the name of the class, null if unknown), the columns of the task, and `model`, its version.

    Vectors are lists of a fixed size, and images uint8 tensors of a fixed shape.
    """
    columns = {name: _type_of(spec) for name, spec in encoder.outputs.items()}
    return pa.schema({ID: pa.string(), LABEL: pa.string(), **columns, MODEL: pa.string()})


def _type_of(spec: tf.TensorSpec) -> pa.DataType:
    if spec.dtype == tf.string:
        return pa.string()
    kind = pa.from_numpy_dtype(spec.dtype.as_numpy_dtype)
    match spec.shape.rank:
        case 1:
            return kind
        case 2:
            return pa.list_(kind, spec.shape[1])
        case _:
            return pa.fixed_shape_tensor(pa.uint8(), spec.shape[1:].as_list())


def rows(
    schema: pa.Schema, images: Sequence[SourceImage], names: Sequence[str] | None, answers: Answers, version: str
) -> pa.Table:
    """The rows of some images; `names` are those of the source's classes."""
    columns: Mapping[str, pa.Array] = {
        ID: pa.array([image.id for image in images], pa.string()),
        LABEL: pa.array([_label(image, names) for image in images], pa.string()),
        **{name: _column(values) for name, values in answers.items()},
        MODEL: pa.array([version] * len(images), pa.string()),
    }
    return pa.table(list(columns.values()), schema)


def _label(image: SourceImage, names: Sequence[str] | None) -> str | None:
    return names[image.label] if names and image.label is not None and image.label >= 0 else None


def _column(values: NDArray[np.generic]) -> pa.Array:
    if values.dtype == object:
        return pa.array([text.decode() for text in values], pa.string())
    if values.ndim == 1:
        return pa.array(values)
    if values.ndim == _IMAGE_RANK:
        return pa.FixedShapeTensorArray.from_numpy_ndarray(np.rint(values * MAX_LEVEL).astype(np.uint8))
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
