"""Silhouette: separation of the k-means clusters of the posterior means."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.clustering import clusterings, num_clusters
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.spread import Spread, over_runs

if TYPE_CHECKING:
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes, Labels

MAX_IMAGES = 5_000
"""Maximum number of images. All pairs are compared, so a larger sample is reduced to a random subset."""

SILHOUETTE = Metric(
    "silhouette", "Silhouette", f"of the k-means clusters, at most {MAX_IMAGES:,} images", costly=True, better="higher"
)


def compute(study: "Study") -> dict[str, Spread]:
    """Silhouette over the k-means runs."""
    return over_runs([
        {SILHOUETTE.name: silhouette(study.codes, run.clusters, run.seed)} for run in study.once(clusterings)
    ])  # fmt: skip


def silhouette(codes: "Codes", clusters: "Labels", seed: int, max_images: int = MAX_IMAGES) -> float:
    """Mean silhouette in [-1, 1]. Rousseeuw 1987. NaN if it is undefined: one cluster, or one image in each."""
    import numpy as np
    from sklearn.metrics import silhouette_score

    if len(codes) > max_images:
        chosen = np.random.default_rng(seed).choice(len(codes), max_images, replace=False)
        codes, clusters = codes[chosen], clusters[chosen]
    if not 2 <= len(np.unique(clusters)) <= len(clusters) - 1:
        return float("nan")
    return float(silhouette_score(codes, clusters))


def note(study: "Study") -> str:
    """The number of runs and clusters of k-means."""
    return (
        "k-means scores and the silhouette are given as mean ± standard deviation over "
        f"{study.settings.clustering_seeds} seeds, with {num_clusters(study)} clusters."
    )


FAMILY = Family((SILHOUETTE,), compute=compute, note=note)
