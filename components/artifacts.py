"""Artifacts: the records that steps pass to each other. Each names a folder that contains the data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

Property = str | int | float | bool


@dataclass(frozen=True)
class Artifact:
    """A folder written by a step, with a few properties to show without opening it."""

    digest_excludes: ClassVar[tuple[str, ...]] = ()
    """Names of files and folders, at any depth, that are left out of the digest, because no later step reads them."""

    path: Path
    properties: Mapping[str, Property] = field(default_factory=dict)


class Dataset(Artifact):
    """Original images as a TFDS directory, their `identities.parquet`, and `quarantine.jsonl`."""


class Examples(Artifact):
    """Fixed-shape uint8 images in splits, as a TFDS directory; `statistics.json` and `transform.json`."""


class Model(Artifact):
    """`model.keras`, `config.json`, the `transform.json` of the examples, `history.json` and TensorBoard logs.

    `objective.npz` contains the parameters of an objective that has any, such as FactorVAE's discriminator, and
    `checkpoints` the whole state after the best and after the last epoch, from which more epochs go on.
    """

    digest_excludes = ("logs", "checkpoints")


class FeatureNetwork(Artifact):
    """`features.keras`, a network whose features tell whether images are alike, and `features.json`, its origin."""


class Evaluation(Artifact):
    """`metrics.json` with the verdict, `score.json` with the threshold of the anomaly score, figures and report.

    The evaluation of a model without a decoder has no score.
    """

    digest_excludes = ("report.html", "figures", "embeddings.npz", "explorer.npz", "per_image.parquet")


class ServingModel(Artifact):
    """`decoder/<version>/` and `encoder/<version>/` SavedModels, and TF Serving's `models.config`.

    A model without a decoder has only the second, and its property `roles` says so.

    TensorFlow writes the same model as different bytes: it adds a random number, and numbers functions and variables
    by process. The digest therefore covers the assets, which hold a digest of the weights, instead.
    """

    digest_excludes = ("fingerprint.pb", "saved_model.pb", "variables")


class Publication(Artifact):
    """`publication.json`: the folder, the names and the version under which a served model was published, if it was."""
