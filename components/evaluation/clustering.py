"""Latent clustering: do k-means clusters of the posterior means, or the model's own, find the classes?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score
from sklearn.metrics.cluster import contingency_matrix

RESTARTS = 10
SILHOUETTE_IMAGES = 5_000
"""The silhouette compares every pair of points: beyond this many, it is taken on a random subset."""

Labels = NDArray[np.int64]
Latents = NDArray[np.float32]


class Clustering(NamedTuple):
    """One k-means run: the cluster of each image, and its scores by metric name."""

    clusters: Labels
    scores: dict[str, float]


def cluster(latents: Latents, labels: Labels | None, num_clusters: int, seed: int) -> Clustering:
    """k-means of `latents` [n, d], never with more clusters than distinct points.

    Without labels the silhouette is the only score; labels below 0 are unknown and left out of the others.
    """
    k = min(num_clusters, len(np.unique(latents, axis=0)))
    clusters = KMeans(k, n_init=RESTARTS, random_state=seed).fit_predict(latents).astype(np.int64)
    scores = {"silhouette": silhouette(latents, clusters, seed)}
    if labels is not None:
        scores |= agreement(labels, clusters, "kmeans")
    return Clustering(clusters, scores)


def agreement(labels: Labels, clusters: Labels, kind: str) -> dict[str, float]:
    """How far clusters and classes are the same partition, by metric name: `kind` and the measure.

    Images with an unknown label, below 0, are left out. NMI is normalised by the arithmetic mean of the two
    entropies; ARI is that of Hubert & Arabie 1985.
    """
    known = labels >= 0
    labels, clusters = labels[known], clusters[known]
    return {
        f"{kind}_accuracy": assignment_accuracy(labels, clusters),
        f"{kind}_nmi": float(normalized_mutual_info_score(labels, clusters)),
        f"{kind}_ari": float(adjusted_rand_score(labels, clusters)),
    }


def assignment_accuracy(labels: Labels, clusters: Labels) -> float:
    """Fraction of images in the right class, each cluster standing for at most one class. Kuhn 1955."""
    counts = contingency_matrix(labels, clusters)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return float(counts[rows, columns].sum() / len(labels))


def silhouette(latents: Latents, clusters: Labels, seed: int) -> float:
    """Mean silhouette in [-1, 1], Rousseeuw 1987; NaN where it is not defined: one cluster, or one image in each."""
    if len(latents) > SILHOUETTE_IMAGES:
        chosen = np.random.default_rng(seed).choice(len(latents), SILHOUETTE_IMAGES, replace=False)
        latents, clusters = latents[chosen], clusters[chosen]
    if not 2 <= len(np.unique(clusters)) <= len(clusters) - 1:
        return float("nan")
    return float(silhouette_score(latents, clusters))
