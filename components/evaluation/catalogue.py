"""Every metric that evaluate can report: its name, its title, its unit. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import NamedTuple


class Metric(NamedTuple):
    """How a metric is shown, and whether it exists only where the test images carry labels."""

    title: str
    unit: str
    needs_labels: bool = False
    decimals: int = 3


METRICS: Mapping[str, Metric] = {
    "elbo": Metric("ELBO", "nats per image", decimals=2),
    "log_likelihood": Metric("Expected log-likelihood", "nats per image", decimals=2),
    "kl": Metric("KL divergence", "nats per image", decimals=2),
    "bits_per_dim": Metric("Bits per dimension", "bits, from the ELBO"),
    "iw_log_likelihood": Metric("Importance-weighted log-likelihood", "nats per image", decimals=2),
    "active_units": Metric("Active units", "latent dimensions", decimals=0),
    "kmeans_accuracy": Metric("k-means accuracy", "best assignment", needs_labels=True),
    "kmeans_nmi": Metric("k-means NMI", "arithmetic mean", needs_labels=True),
    "kmeans_ari": Metric("k-means ARI", "adjusted for chance", needs_labels=True),
    "silhouette": Metric("Silhouette", "of the k-means clusters"),
    "knn_accuracy": Metric("Nearest-neighbour accuracy", "on the posterior means", needs_labels=True),
    "linear_probe_accuracy": Metric("Linear-probe accuracy", "on the posterior means", needs_labels=True),
}
