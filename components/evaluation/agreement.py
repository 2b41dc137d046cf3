"""Agreement of clusters with classes: accuracy, NMI and ARI."""

import math

from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.models.arrays import Labels


def agreement(labels: Labels, clusters: Labels, kind: str) -> dict[str, float]:
    """Accuracy, NMI and ARI of clusters [n] for labels [n], by metric name; the names begin with `kind`.

    Images with an unknown label, below 0, are ignored; if there are no others, the scores are NaN. NMI is normalised by
    the arithmetic mean of the two entropies. ARI follows Hubert & Arabie 1985.
    """
    known = labels >= 0
    labels, clusters = labels[known], clusters[known]
    if len(labels) == 0:
        return dict.fromkeys((f"{kind}_accuracy", f"{kind}_nmi", f"{kind}_ari"), math.nan)
    return {
        f"{kind}_accuracy": assignment_accuracy(labels, clusters),
        f"{kind}_nmi": float(normalized_mutual_info_score(labels, clusters)),
        f"{kind}_ari": float(adjusted_rand_score(labels, clusters)),
    }


def assignment_accuracy(labels: Labels, clusters: Labels) -> float:
    """Fraction of images in the right class under the best assignment of clusters to classes. Kuhn 1955.

    At most one cluster is assigned to each class.
    """
    counts = contingency_matrix(labels, clusters)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return float(counts[rows, columns].sum() / len(labels))
