"""The records that pass between steps. Each names a folder; the bulk of the data stays there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

Property = str | int | float | bool


@dataclass(frozen=True)
class Artifact:
    """A folder that a step made, with the few properties worth showing without opening it."""

    digest_excludes: ClassVar[tuple[str, ...]] = ()
    """Names of files and folders in it, at any depth, that are no part of its content: no later step reads them."""

    path: Path
    properties: Mapping[str, Property] = field(default_factory=dict)


class Dataset(Artifact):
    """Original images as a TFDS directory; `quarantine.jsonl` beside it."""


class Examples(Artifact):
    """Fixed-shape uint8 images in train/validation/test, as a TFDS directory; `statistics.json`, `transform.json`."""


class Model(Artifact):
    """`model.keras`, its configuration, the `transform.json` of its examples, `history.json`, TensorBoard logs."""

    digest_excludes = ("logs", "checkpoints")


class Evaluation(Artifact):
    """`metrics.json` with the verdict, `per_image.parquet`, `embeddings.npz`, `figures/`, `report.html`."""

    digest_excludes = ("report.html", "figures", "embeddings.npz", "per_image.parquet")


class ServingModel(Artifact):
    """`decoder/<version>/` and `encoder/<version>/` SavedModels, and TF Serving's `models.config`.

    TensorFlow marks each SavedModel with a random number, and numbers functions and variables through all that its
    process has done: the same model gives other bytes. The weights are those of the model that was exported.
    """

    digest_excludes = ("fingerprint.pb", "saved_model.pb", "variables")
