"""Silhouette: how well the k-means clusters of the posterior means are separated."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.clustering import clusterings, num_clusters
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.spread import Spread, over_runs

if TYPE_CHECKING:
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes, Labels

MOST_IMAGES = 5_000
"""Every pair of points is compared: beyond this many, the silhouette is taken on a random subset of the sample."""

SILHOUETTE = Metric(
    "silhouette", "Silhouette", f"of the k-means clusters, at most {MOST_IMAGES:,} images", costly=True, better="higher"
)


def compute(study: "Study") -> dict[str, Spread]:
    """Over the k-means runs."""
    return over_runs([
        {SILHOUETTE.name: silhouette(study.codes, run.clusters, run.seed)} for run in study.once(clusterings)
    ])  # fmt: skip


def silhouette(codes: "Codes", clusters: "Labels", seed: int, most_images: int = MOST_IMAGES) -> float:
    """Mean silhouette in [-1, 1], Rousseeuw 1987; NaN where it is not defined: one cluster, or one image in each."""
    import numpy as np
    from sklearn.metrics import silhouette_score

    if len(codes) > most_images:
        chosen = np.random.default_rng(seed).choice(len(codes), most_images, replace=False)
        codes, clusters = codes[chosen], clusters[chosen]
    if not 2 <= len(np.unique(clusters)) <= len(clusters) - 1:
        return float("nan")
    return float(silhouette_score(codes, clusters))


def note(study: "Study") -> str:
    """The protocol of k-means."""
    return (
        f"k-means and its silhouette are given as mean ± standard deviation over {study.settings.clustering_seeds} "
        f"seeds, with {num_clusters(study)} clusters."
    )


FAMILY = Family((SILHOUETTE,), compute=compute, note=note)
