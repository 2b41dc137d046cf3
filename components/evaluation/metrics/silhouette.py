"""Silhouette: separation of the k-means clusters of the posterior means."""

import math
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.clustering import KMEANS, clusterings, num_clusters
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.spread import Spread, over_images, pooled

if TYPE_CHECKING:
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes, Labels

MAX_IMAGES = 5_000
"""Maximum number of images. All pairs are compared, so a larger sample is reduced to a random subset."""

SILHOUETTE = Metric(
    "silhouette",
    "Silhouette",
    f"of the k-means clusters, at most {MAX_IMAGES:,} images",
    costly=True,
    better="higher",
    depends_on=KMEANS,
)


def compute(study: "Study") -> dict[str, Spread]:
    """Silhouette, pooled over the k-means runs."""
    runs = [silhouette(study.codes, run.clusters, run.seed) for run in study.once(clusterings)]
    return {SILHOUETTE.name: pooled(runs)}


def silhouette(codes: "Codes", clusters: "Labels", seed: int, max_images: int = MAX_IMAGES) -> Spread:
    """Mean silhouette in [-1, 1] with its bootstrap deviation over the images. Rousseeuw 1987.

    NaN if it is undefined: one cluster, or one image in each.
    """
    import numpy as np
    from sklearn.metrics import silhouette_samples

    if len(codes) > max_images:
        chosen = np.random.default_rng(seed).choice(len(codes), max_images, replace=False)
        codes, clusters = codes[chosen], clusters[chosen]
    if not 2 <= len(np.unique(clusters)) <= len(clusters) - 1:
        return Spread(math.nan, math.nan)
    return over_images(silhouette_samples(codes, clusters))


def note(study: "Study") -> str:
    """The number of runs and clusters of k-means, and the deviation of their scores."""
    return (
        f"k-means looks for {num_clusters(study)} clusters with each of {study.settings.clustering_seeds} seeds. Its "
        "scores and the silhouette are means over these runs; their ± covers other images in the same clusters and "
        "the differences between the runs."
    )


FAMILY = Family((SILHOUETTE,), compute=compute, note=note)
