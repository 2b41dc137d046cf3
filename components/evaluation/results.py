"""The content of `metrics.json`: the numbers of an evaluation with their protocol."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from vaeflow.components.evaluation.finding import Finding
from vaeflow.components.evaluation.spread import Value
from vaeflow.components.evaluation.verdict import Measured, Verdict
from vaeflow.components.feature_learning.record import FeatureRecord


class Protocol(BaseModel):
    """How the numbers were measured: without their protocols, likelihoods cannot be compared."""

    dataset: str
    split: str
    images: int
    copies_across_splits: int | None = None
    """Number of images, of all splits, with a copy in another split; None if it is not recorded."""
    contradicting_labels: int | None = None
    """Number of images, of all splits, with a copy of another class; None if it is not recorded."""
    groups_across_splits: int | None = None
    """Number of images, of all splits, whose group is in another split too; None if it is not recorded."""
    sample: int
    """Number of images that costly metrics and the figures use, drawn with `seed`."""
    skipped: tuple[str, ...] = ()
    """Names of the metrics and figures that were left out."""
    likelihood: str
    """Distribution of the pixels; empty if the model has none."""
    binarisation: str
    binarisation_seed: int
    classifies_grey: bool = False
    """Whether the model's own classifier sees grey values, however training binarised the pixels."""
    importance_samples: int
    effective_share: Measured | None = None
    """Mean over the images of the share of the importance samples that is effective; None if there are none."""
    standard_error: Mapping[str, Measured]
    """Standard error of each mean over the images, by metric, in the unit of the metric."""
    seed: int
    clusters: int
    clustering_seeds: int
    neighbours: int
    probe_images: int
    """Number of labelled training images used to fit the nearest-neighbour and linear classifiers."""
    labels: int | None = None
    """Number of labels that training used; None means all."""
    label_seed: int = 0
    points: int = 0
    """Number of images of all splits that measures of disentanglement draw from; 0 if there are none."""
    label_draws: int = 0
    """Number of draws of `labels` labels, each used to fit the few-label classifiers."""
    anomalies: str = ""
    """The images that are told from test images, and the number of both that scores are compared on; empty if none."""
    augmentation: str = ""
    """The images and the effort of the classifiers that real and generated images are compared by; empty if none."""
    bootstrap_draws: int = 0
    """Number of bootstrap samples, drawn with `seed`, over which anomaly scores have their intervals; 0 if none are."""
    pixels: str = ""
    """Black, white and range of the pixels as the source stores them."""
    features: FeatureRecord | None = None
    """The network in whose features distributions of images are compared."""
    notes: tuple[str, ...] = ()
    """Notes of the families of metrics on their numbers."""
    remarks: tuple[str, ...] = ()
    """Remarks on this model."""


class Results(BaseModel):
    """The content of `metrics.json`. NaN and infinite numbers are written as null."""

    metrics: Mapping[str, Value]
    kl_per_dimension: tuple[float, ...]
    active_units_by_layer: Mapping[str, int] = {}
    """Number of active units by layer of the code; empty if there is only one layer."""
    protocol: Protocol
    findings: tuple[Finding, ...]
    """What is wrong with the model or the numbers, causes before their effects."""
    verdict: Verdict

    def save(self, path: Path) -> None:
        """Write the results as indented JSON."""
        path.write_text(self.model_dump_json(indent=1), encoding="utf-8")
