"""Fréchet distance between test images and other images, in the features of a network.

Heusel et al. 2017 define FID by the features of one network, Inception. This is another one, so this is no FID.
"""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.by_image_kind import metrics_by_kind, of_each_kind
from vaeflow.components.evaluation.metrics.metric import Family

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.feature_learning.network import Features


METRICS = metrics_by_kind(
    "frechet", "Fréchet classifier distance", "between normals fitted to features", better="lower"
)


def compute(study: "Study") -> dict[str, float]:
    """The distance of every kind of images that the model has."""
    return of_each_kind(study, METRICS, frechet_distance)


def frechet_distance(real: "Features", other: "Features") -> float:
    """Squared Fréchet distance of normals fitted to features [n, d] and [m, d]. Dowson & Landau 1982.

    |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½), where the last trace is that of (Σ₁^½ Σ₂ Σ₁^½)^½, which is symmetric.
    """
    import numpy as np

    (first_mean, first), (second_mean, second) = map(moments, (real, other))
    root = square_root(first)
    common = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(min=0)).sum()
    return float(np.square(first_mean - second_mean).sum() + np.trace(first) + np.trace(second) - 2 * common)


def moments(features: "Features") -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Mean [d] and covariance [d, d] of features [n, d]."""
    import numpy as np

    mean = features.mean(axis=0, dtype=np.float64)
    centred = features - mean
    return mean, centred.T @ centred / len(features)


def square_root(covariance: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The symmetric square root of a symmetric matrix [d, d] without negative eigenvalues, but for rounding."""
    import numpy as np

    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    return root


def note(study: "Study") -> str:
    """The number of images, on which the distance depends."""
    return (
        f"The Fréchet classifier distance compares means and covariances of {len(study.measured.sample)} images of "
        "each kind. It is no FID, which is defined by another network. Fewer images make it larger: compare it with "
        "that of training images, and between models with the same number of images. Reconstructions are of the test "
        "images themselves, so that they can be nearer than training images."
    )


FAMILY = Family(METRICS, compute=compute, note=note)
