"""Clustering: agreement of k-means clusters of the posterior means with the classes."""

from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.conditions import CLUSTERING_SEEDS, CLUSTERS
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import LABELS

if TYPE_CHECKING:
    from vaeflow.components.evaluation.spread import Agreement
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes, Labels

RESTARTS = 10
CLUSTERS_WITHOUT_LABELS = 10

KMEANS = (CLUSTERS, CLUSTERING_SEEDS)
ACCURACY = Metric(
    "kmeans_accuracy",
    "k-means accuracy",
    "best assignment",
    needs=(LABELS,),
    costly=True,
    better="higher",
    headline=True,
    depends_on=KMEANS,
)
NMI = Metric(
    "kmeans_nmi", "k-means NMI", "arithmetic mean", needs=(LABELS,), costly=True, better="higher", depends_on=KMEANS
)
ARI = Metric(
    "kmeans_ari", "k-means ARI", "adjusted for chance", needs=(LABELS,), costly=True, better="higher", depends_on=KMEANS
)


class Clustering(NamedTuple):
    """One k-means run: its seed, and the cluster of each image of the sample [n]."""

    seed: int
    clusters: "Labels"


def clusterings(study: "Study") -> list[Clustering]:
    """k-means of the sample's posterior means, once per seed; call through `Study.once`."""
    from vaeflow.components import progress

    settings = study.settings
    k, runs = settings.clusters or num_classes(study.labels) or CLUSTERS_WITHOUT_LABELS, []
    with progress.bar("Clustering", settings.clustering_seeds) as advance:
        for seed in range(settings.seed, settings.seed + settings.clustering_seeds):
            runs.append(Clustering(seed, kmeans(study.codes, k, seed)))
            advance(1)
    return runs


def num_classes(labels: "Labels") -> int:
    """Number of classes that occur among labels [n]."""
    import numpy as np

    return len(np.unique(labels[labels >= 0]))


def kmeans(codes: "Codes", num_clusters: int, seed: int) -> "Labels":
    """Clusters [n] of codes [n, d]; at most as many as there are distinct codes."""
    import numpy as np
    from sklearn.cluster import KMeans

    k = min(num_clusters, len(np.unique(codes, axis=0)))
    clusters: Labels = KMeans(k, n_init=RESTARTS, random_state=seed).fit_predict(codes).astype(np.int64)
    return clusters


def compute(study: "Study") -> dict[str, "Agreement"]:
    """Agreement of clusters with classes, pooled over the k-means runs."""
    from vaeflow.components.evaluation.chance import agreement

    clusters = [run.clusters for run in study.once(clusterings)]
    return agreement(study.labels, clusters, "kmeans", study.settings.seed)


def num_clusters(study: "Study") -> int:
    """Number of clusters of the first run."""
    return int(study.once(clusterings)[0].clusters.max()) + 1


def note(study: "Study") -> str:
    """How scores that compare clusters with classes are to be read."""
    from vaeflow.components.evaluation.chance import DRAWS

    return (
        "Accuracy, NMI and ARI of clusters are given with their level by chance: their mean ± standard deviation over "
        f"{DRAWS} permutations of the labels. Their own ± is the standard deviation over {DRAWS} bootstrap samples of "
        "the images, each with its cluster."
    )


FAMILY = Family((ACCURACY, NMI, ARI), compute=compute, note=note)
