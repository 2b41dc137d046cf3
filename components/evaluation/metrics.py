"""From per-image measures to the numbers of an evaluation, each with the protocol it was measured under."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from vaeflow.components.evaluation.verdict import Verdict
from vaeflow.models.diagnostics import bits_per_dim, perplexity

LIKELIHOODS = ("elbo", "log_likelihood", "kl", "iw_log_likelihood")
FIDELITIES = ("psnr", "ssim", "noisy_psnr", "denoised_psnr", "noisy_ssim", "denoised_ssim")
ERRORS = ("classification_error",)
HEADLINE = (
    "classification_error",
    "elbo",
    "iw_log_likelihood",
    "bits_per_dim",
    "psnr",
    "denoised_psnr",
    "active_units",
    "kmeans_accuracy",
    "cluster_accuracy",
    "knn_accuracy",
)

Array = NDArray[np.float32]


class Spread(BaseModel):
    """A metric over several runs: their mean and their standard deviation."""

    mean: float
    std: float


Value = float | Spread


class Protocol(BaseModel):
    """How the numbers were measured: without it a likelihood cannot be compared with another."""

    dataset: str
    split: str
    images: int
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
    """Labelled training images that taught the nearest-neighbour and the linear classifier."""
    labels: int | None = None
    """How many labels of the training split training knew; None is all that there are."""
    label_seed: int = 0
    label_draws: int = 0
    """Draws of as many labels that the classifiers on few labels were taught with."""
    remarks: tuple[str, ...] = ()
    """What else is peculiar to this model."""


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


def bounds(measures: Mapping[str, Array], pixels: int, data_log_scale: float) -> dict[str, float]:
    """What was measured of each image, as means over the images; bits per dimension."""
    means = {name: float(values.mean(dtype=np.float64)) for name, values in _per_image(measures).items()}
    if "elbo" in means:
        means["bits_per_dim"] = bits_per_dim(means["elbo"], pixels, data_log_scale)
    if "symbols" in measures:
        means["codebook_perplexity"] = perplexity(measures["symbols"])
    return means


def standard_errors(measures: Mapping[str, Array]) -> dict[str, float]:
    """Standard error of each mean over the images; NaN for a single image."""
    return {name: _standard_error(values) for name, values in _per_image(measures).items()}


def over_seeds(runs: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Mean and standard deviation of each score over the runs."""
    return {
        name: Spread(mean=float(np.mean(scores)), std=float(np.std(scores)))
        for name in runs[0]
        for scores in [[run[name] for run in runs]]
    }


def central(metrics: Mapping[str, Value]) -> dict[str, float]:
    """One number a metric: the mean where there are several runs."""
    return {name: value.mean if isinstance(value, Spread) else value for name, value in metrics.items()}


def headline(metrics: Mapping[str, Value]) -> dict[str, float]:
    """The few numbers worth showing beside the artifact, as far as they are finite."""
    values = central(metrics)
    return {name: round(values[name], 4) for name in HEADLINE if math.isfinite(values.get(name, math.nan))}


def save_embeddings(
    path: Path, ids: Sequence[str], labels: NDArray[np.int64] | None, measures: Mapping[str, Array]
) -> None:
    """Write an `.npz` of `ids` [n], `mean` and `stddev` [n, latent], and `labels` [n] where there are any."""
    arrays: dict[str, Any] = {"ids": np.array(ids), "mean": measures["mean"], "stddev": measures["stddev"]}
    if labels is not None:
        arrays["labels"] = labels
    np.savez_compressed(path, **arrays)


def _per_image(measures: Mapping[str, Array]) -> dict[str, Array]:
    if "kl" in measures:
        measures = {**measures, "elbo": measures["log_likelihood"] - measures["kl"]}
    return {name: measures[name] for name in (*LIKELIHOODS, *FIDELITIES, *ERRORS) if name in measures}


def _standard_error(values: Array) -> float:
    if len(values) < 2:
        return math.nan
    return float(values.std(ddof=1, dtype=np.float64) / math.sqrt(len(values)))
