"""Every metric that evaluate can report: its name, its title, its unit. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import NamedTuple


class Metric(NamedTuple):
    """How a metric is shown, and what it needs: labels of test images, or a model with such a bound or purpose."""

    title: str
    unit: str
    needs_labels: bool = False
    decimals: int = 3
    needs_bound: bool = False
    needs_noise: bool = False
    needs_codebook: bool = False
    needs_classifier: bool = False
    needs_few_labels: bool = False
    needs_clusters: bool = False


METRICS: Mapping[str, Metric] = {
    "classification_error": Metric(
        "Classification error", "% of test images", needs_labels=True, decimals=2, needs_classifier=True
    ),
    "elbo": Metric("ELBO", "nats per image", decimals=2, needs_bound=True),
    "log_likelihood": Metric("Reconstruction log-likelihood", "nats per image", decimals=2),
    "kl": Metric("KL divergence", "nats per image", decimals=2, needs_bound=True),
    "bits_per_dim": Metric("Bits per dimension", "bits, from the ELBO", needs_bound=True),
    "iw_log_likelihood": Metric("Importance-weighted log-likelihood", "nats per image", decimals=2, needs_bound=True),
    "psnr": Metric("PSNR of reconstructions", "dB", decimals=2),
    "ssim": Metric("SSIM of reconstructions", "structural similarity"),
    "noisy_psnr": Metric("PSNR of noisy images", "dB", decimals=2, needs_noise=True),
    "denoised_psnr": Metric("PSNR of denoised images", "dB", decimals=2, needs_noise=True),
    "noisy_ssim": Metric("SSIM of noisy images", "structural similarity", needs_noise=True),
    "denoised_ssim": Metric("SSIM of denoised images", "structural similarity", needs_noise=True),
    "active_units": Metric("Active units", "latent dimensions", decimals=0),
    "codebook_perplexity": Metric("Codebook perplexity", "symbols in use", decimals=1, needs_codebook=True),
    "kmeans_accuracy": Metric("k-means accuracy", "best assignment", needs_labels=True),
    "kmeans_nmi": Metric("k-means NMI", "arithmetic mean", needs_labels=True),
    "kmeans_ari": Metric("k-means ARI", "adjusted for chance", needs_labels=True),
    "cluster_accuracy": Metric("Accuracy of own clusters", "best assignment", needs_labels=True, needs_clusters=True),
    "cluster_nmi": Metric("NMI of own clusters", "arithmetic mean", needs_labels=True, needs_clusters=True),
    "cluster_ari": Metric("ARI of own clusters", "adjusted for chance", needs_labels=True, needs_clusters=True),
    "silhouette": Metric("Silhouette", "of the k-means clusters"),
    "knn_accuracy": Metric("Nearest-neighbour accuracy", "on the posterior means", needs_labels=True),
    "linear_probe_accuracy": Metric("Linear-probe accuracy", "on the posterior means", needs_labels=True),
    "logistic_error": Metric(
        "Few-label logistic error", "% of test images", needs_labels=True, decimals=2, needs_few_labels=True
    ),
    "svm_error": Metric(
        "Few-label RBF SVM error", "% of test images", needs_labels=True, decimals=2, needs_few_labels=True
    ),
    "sharpness_real": Metric("Sharpness of test images", "variance of the Laplacian, pixels in [0, 1]", decimals=4),
    "sharpness_reconstructed": Metric("Sharpness of reconstructions", "variance of the Laplacian", decimals=4),
    "sharpness_samples": Metric("Sharpness of samples", "variance of the Laplacian", decimals=4),
}
