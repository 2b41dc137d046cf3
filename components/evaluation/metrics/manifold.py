"""Precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020), in features of a network.

Around each image is a ball that reaches to its k-th nearest neighbour of the same kind.
"""

from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.image_kinds import KINDS, real_features
from vaeflow.components.evaluation.metrics.by_image_kind import metrics_by_kind, name_of
from vaeflow.components.evaluation.metrics.metric import Family
from vaeflow.components.evaluation.spread import Spread, over_images

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.feature_learning.network import Features

NEIGHBOURS = 5
"""k of all four, as in Naeem et al. 2020; Kynkäänniemi et al. 2019 use 3 for precision and recall."""
BLOCK = 500
"""Number of images of which the distances from all others are in memory at once."""
UNITS = {
    "precision": "fraction of these in a ball of a test image",
    "recall": "fraction of test images in a ball of one of these",
    "density": "balls of test images around one of these, divided by k",
    "coverage": "fraction of test images with one of these in their ball",
}


class Manifold(NamedTuple):
    """Each measure of some images against test images, with its standard error over images."""

    precision: Spread
    recall: Spread
    density: Spread
    coverage: Spread


METRICS = tuple(
    metric
    for measure in Manifold._fields
    for metric in metrics_by_kind(measure, measure.title(), UNITS[measure], better="higher")
)


def compute(study: "Study") -> dict[str, Spread]:
    """All four measures of every kind of images of which one is available."""
    available = {metric.name for metric in FAMILY.available(study.subject, study.settings.left_out)}
    found: dict[str, Spread] = {}
    for kind in KINDS:
        names = [name_of(measure, kind) for measure in Manifold._fields]
        if not available.isdisjoint(names):
            measured = compare(study.once(real_features), study.once(kind.features), NEIGHBOURS)
            found |= dict(zip(names, measured, strict=True))
    return found


def compare(real: "Features", other: "Features", k: int) -> Manifold:
    """The measures of features [m, d] against those [n, d] of real images, by k neighbours or all if there are fewer.

    Balls are open, as in the authors' `prdc`.
    """
    import numpy as np

    k = min(k, len(real) - 1, len(other) - 1)
    real_radii, other_radii = radii(real, k), radii(other, k)
    around = np.zeros(len(other), np.int64)
    recalled, covered = [], []
    for rows, distances in blocks(real, other):
        inside = distances < real_radii[rows, np.newaxis]
        around += inside.sum(axis=0)
        covered.append(inside.any(axis=1))
        recalled.append((distances < other_radii).any(axis=1))
    return Manifold(
        precision=over_images(around > 0),
        recall=over_images(np.concatenate(recalled)),
        density=over_images(around / k),
        coverage=over_images(np.concatenate(covered)),
    )


def radii(features: "Features", k: int) -> "NDArray[np.float64]":
    """Distance [n] of each of features [n, d] from its k-th nearest neighbour."""
    import numpy as np

    return np.concatenate([np.partition(distances, k, axis=1)[:, k] for _, distances in blocks(features, features)])


def blocks(x: "Features", y: "Features") -> "Iterator[tuple[slice, NDArray[np.float64]]]":
    """Distances [rows, m] of features [n, d] from features [m, d], for one range of rows after the other."""
    from sklearn.metrics import euclidean_distances

    for start in range(0, len(x), BLOCK):
        rows = slice(start, min(start + BLOCK, len(x)))
        yield rows, euclidean_distances(x[rows].astype("float64"), y.astype("float64"))


def note(study: "Study") -> str:
    """The number of neighbours, and what the deviations leave out."""
    return (
        "Precision, recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020) compare "
        f"{len(study.measured.sample)} test images with as many of another kind. The ball of an image reaches to its "
        f"{NEIGHBOURS}th nearest neighbour of the same kind. Each ± is the standard error over the images that are "
        "counted, with the balls fixed."
    )


FAMILY = Family(METRICS, compute=compute, note=note)
