"""The content of `metrics.json`: the numbers of an evaluation with the protocol that they were measured under."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from vaeflow.components.evaluation.spread import Value
from vaeflow.components.evaluation.verdict import Verdict


class Protocol(BaseModel):
    """How the numbers were measured: without it a likelihood cannot be compared with another."""

    dataset: str
    split: str
    images: int
    sample: int
    """Images that costly metrics and the figures were made from, drawn with `seed`."""
    likelihood: str
    binarisation: str
    binarisation_seed: int
    importance_samples: int
    standard_error: Mapping[str, float]
    """Of each mean over the images, in its unit."""
    seed: int
    clusters: int
    clustering_seeds: int
    neighbours: int
    probe_images: int
    """Labelled training images that the nearest-neighbour and the linear classifier were fitted to."""
    labels: int | None = None
    """How many labels of the training split training knew; None is all that there are."""
    label_seed: int = 0
    label_draws: int = 0
    """Draws of as many labels that the few-label classifiers were fitted to."""
    notes: tuple[str, ...] = ()
    """What the families of metrics say about their numbers."""
    remarks: tuple[str, ...] = ()
    """What is peculiar to this model."""


class Results(BaseModel):
    """The content of `metrics.json`. A number that is not finite is written as null."""

    metrics: Mapping[str, Value]
    kl_per_dimension: tuple[float, ...]
    active_units_by_layer: Mapping[str, int] = {}
    """Where the code has several layers."""
    protocol: Protocol
    verdict: Verdict

    def save(self, path: Path) -> None:
        """Write as indented JSON."""
        path.write_text(self.model_dump_json(indent=1), encoding="utf-8")
