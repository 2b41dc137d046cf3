"""What an exported encoder can be asked about new images. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import NamedTuple


class Task(NamedTuple):
    """A signature of the encoder, and its outputs as columns, by the names of these."""

    name: str
    purpose: str
    signature: str
    columns: Mapping[str, str]
    lacking: str
    """What is said of a model without the signature."""


_OLDER = "was exported by an older version; run its recipe again"
_NO_DECODER = f"has no decoder, or {_OLDER}"

TASKS = (
    Task(
        "encode",
        "Encode new images: posterior means and standard deviations.",
        "serving_default",
        {"mean": "mean", "stddev": "stddev"},
        _OLDER,
    ),
    Task("reconstruct", "Reconstruct new images.", "reconstruct", {"image": "images"}, _NO_DECODER),
    Task(
        "classify",
        "Classify new images, with a model that does so.",
        "classify",
        {"predicted": "name", "probabilities": "probabilities"},
        "does not classify",
    ),
    Task(
        "score", "Score new images: how unlike the training images each is.", "score", {"score": "score"}, _NO_DECODER
    ),
)
